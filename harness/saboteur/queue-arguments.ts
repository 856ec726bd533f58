import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import type { FrameSeam } from './fault.ts';
import { request } from './rewrites.ts';

/** Queues are declared as if this argument was not given. `when` sees its value and all arguments. */
export function ignored(name: string, when: (value: FieldValue, all: FieldTable) => boolean = () => true): FrameSeam {
  return altered(name, (value, all) => (when(value, all) ? undefined : value));
}

/** Queues are declared with another value of this argument; undefined leaves it out. */
export function altered(name: string, change: (value: FieldValue, all: FieldTable) => FieldValue | undefined): FrameSeam {
  return request('queue.declare', draft => {
    const all = draft.args.arguments;
    const given = argumentOf(all, name);
    if (given === undefined) return false;
    const value = change(given, all);
    return value !== given && draft.with({ arguments: withArgument(all, name, value) });
  });
}

/** The table with this argument, or without where the value is undefined. */
export function withArgument(all: FieldTable, name: string, value: FieldValue | undefined): FieldTable {
  const rest = all.filter(([each]) => each !== name);
  return value === undefined ? rest : [...rest, [name, value]];
}

export function argumentOf(all: FieldTable, name: string): FieldValue | undefined {
  return all.find(([each]) => each === name)?.[1];
}

export function textIn(all: FieldTable, name: string): string | undefined {
  const value = argumentOf(all, name);
  return value?.type === 'long-string' ? Buffer.from(value.value).toString() : undefined;
}

export function text(value: string): FieldValue {
  return { type: 'long-string', value: Buffer.from(value) };
}

export function number(value: number): FieldValue {
  return { type: 'long-int', value };
}

/** The number that a value is; NaN for any other type. */
export function numberOf(value: FieldValue): number {
  return value.type === 'long-int' ? value.value : Number.NaN;
}

/** Another number in place of one; any other value stays. */
export function counted(value: FieldValue, change: (given: number) => number): FieldValue {
  return value.type === 'long-int' ? number(change(value.value)) : value;
}

/** Whether a value is no whole number in this range. */
export const isNoNumber =
  (least: number, most = Number.POSITIVE_INFINITY) =>
  (value: FieldValue): boolean =>
    !(numberOf(value) >= least && numberOf(value) <= most);

export const isNoText = (value: FieldValue): boolean => value.type !== 'long-string';
