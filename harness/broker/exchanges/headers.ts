import type { FieldTable, FieldValue } from '../../spec/amqp091/domains.ts';
import { sameValue, textOf } from '../arguments.ts';
import type { Binding, Router } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Reach } from '../reach.ts';
import type { Readings } from '../readings.ts';

/** How the pairs of a binding decide: all or any of them, with or without those whose name begins with `x-`. */
const modes: ReadonlyMap<string, Mode> = new Map([
  ['all', { all: true, reserved: false }],
  ['any', { all: false, reserved: false }],
  ['all-with-x', { all: true, reserved: true }],
  ['any-with-x', { all: false, reserved: true }],
]);

interface Mode {
  readonly all: boolean;
  readonly reserved: boolean;
}

interface Pattern {
  readonly all: boolean;
  readonly pairs: FieldTable;
}

/** Routes by the message's headers (section 3.1.3.4): `x-match` says whether all or any of the binding's other pairs must match. */
export class Headers implements Router {
  readonly #patterns = new Map<Binding, Pattern>();
  readonly #same: Comparison;

  constructor({ moments }: Pick<Readings, 'moments'>) {
    this.#same = moments === 'text' ? sameValue : (wanted, value) => sameValue(wanted, inMilliseconds(value));
  }

  refuses(_routingKey: string, args: FieldTable): string | undefined {
    return modeOf(args) === undefined ? `x-match must be one of ${[...modes.keys()].join(', ')}` : undefined;
  }

  add(binding: Binding): void {
    const { all, reserved } = modeOf(binding.arguments) ?? { all: true, reserved: false };
    const pairs = binding.arguments.filter(([name]) => name !== 'x-match' && (reserved || !name.startsWith('x-')));
    this.#patterns.set(binding, { all, pairs });
  }

  remove(binding: Binding): void {
    this.#patterns.delete(binding);
  }

  route(message: Message, reach: Reach): void {
    if (this.#patterns.size === 0) return;
    const headers = new Map(message.headers ?? []);
    for (const [binding, pattern] of this.#patterns) if (matches(pattern, headers, this.#same)) reach.add(binding);
  }
}

/** Whether the value of a header is the one that a binding wants. */
type Comparison = (wanted: FieldValue, value: FieldValue) => boolean;

function inMilliseconds(value: FieldValue): FieldValue {
  return value.type === 'timestamp' ? { ...value, value: value.value * 1000n } : value;
}

function matches({ all, pairs }: Pattern, headers: ReadonlyMap<string, FieldValue>, same: Comparison): boolean {
  for (const [name, wanted] of pairs) {
    const value = headers.get(name);
    const matched = value !== undefined && (wanted.type === 'void' || same(wanted, value));
    if (matched !== all) return matched;
  }
  return all;
}

/** Without `x-match`, all pairs must match. */
function modeOf(args: FieldTable): Mode | undefined {
  const wanted = new Map(args).get('x-match');
  return modes.get(wanted === undefined ? 'all' : (textOf(wanted) ?? ''));
}
