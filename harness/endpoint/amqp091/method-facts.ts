import { type ClassRow, classes, type MethodName } from '../../spec/amqp091/classes.ts';

/** What a machine asks of a method's row, ready to hand. */
export interface MethodFacts {
  readonly classId: number;
  readonly methodId: number;
  readonly client: boolean;
  readonly server: boolean;
  readonly content: boolean;
  /** Which table of transitions it belongs to. */
  readonly level: 'connection' | 'channel' | 'functional-class';
}

const byName = new Map<string, MethodFacts>();

for (const [className, row] of Object.entries<ClassRow>(classes)) {
  const level = className === 'connection' || className === 'channel' ? className : 'functional-class';
  for (const [name, { id, from, content }] of Object.entries(row.methods)) {
    const facts = { classId: row.id, methodId: id, client: from !== 'server', server: from !== 'client', content: content === true, level } as const;
    byName.set(`${className}.${name}`, facts);
  }
}

/** The facts of a method of the tables. */
export function methodFacts(name: MethodName): MethodFacts {
  const facts = byName.get(name);
  if (facts === undefined) throw new Error(`${name} is not in the tables`);
  return facts;
}
