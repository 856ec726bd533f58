import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { textOf } from './arguments.ts';
import { notImplemented, preconditionFailed, quoted } from './refusal.ts';
import type { Refusal } from './vocabulary.ts';

/** What becomes of a message that would make a queue longer than it may be; `drop-head`: the first ones make room for it. */
export const overflows = ['drop-head', 'reject-publish', 'reject-publish-dlx'] as const;
export type Overflow = (typeof overflows)[number];

/** Says what a value of an argument ought to be where it is not. */
type Demand = (value: FieldValue) => string | undefined;

const boolean: Demand = value => (value.type === 'boolean' ? undefined : 'a boolean');
const integer: Demand = value => (integerOf(value) === undefined ? 'an integer' : undefined);
const text: Demand = value => (textOf(value) === undefined ? 'a string' : undefined);

function between(least: number, most = Number.MAX_SAFE_INTEGER): Demand {
  const wanted = most === Number.MAX_SAFE_INTEGER ? `an integer of at least ${least}` : `an integer from ${least} to ${most}`;
  return value => {
    const given = integerOf(value);
    return given !== undefined && given >= least && given <= most ? undefined : wanted;
  };
}

function oneOf(words: readonly string[]): Demand {
  return value => (words.includes(textOf(value) ?? '') ? undefined : `one of ${words.join(', ')}`);
}

/** The arguments of extensions that are honoured, by what they are given with, and what they have to be. */
const honoured = {
  exchange: { 'alternate-exchange': text },
  queue: {
    'x-single-active-consumer': boolean,
    'x-message-ttl': between(0),
    'x-expires': between(1),
    'x-max-length': between(0),
    'x-max-length-bytes': between(0),
    'x-overflow': oneOf(overflows),
    'x-dead-letter-exchange': text,
    'x-dead-letter-routing-key': text,
    'x-max-priority': between(1, 255),
    'x-consumer-timeout': between(1),
  },
  consumer: { 'x-priority': integer },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Demand>>>>;

/**
 * Arguments by which other brokers offer extensions that this one does not have are refused, since it would otherwise drop in silence what its
 * client counts on; so are values that mean nothing. Other arguments are the application's own: they are kept and compared.
 */
export function refusedArgument(of: keyof typeof honoured, args: FieldTable): Refusal | undefined {
  for (const [name, value] of args) {
    if (!name.startsWith('x-') && name !== 'alternate-exchange') continue;
    const demands: Readonly<Record<string, Demand>> = honoured[of];
    const demand = Object.hasOwn(demands, name) ? demands[name] : undefined;
    if (demand === undefined) return notImplemented(`argument ${quoted(name)}`);
    const wanted = demand(value);
    if (wanted !== undefined) return preconditionFailed(`argument ${quoted(name)} has to be ${wanted}`);
  }
  return undefined;
}

/** Those arguments alone that mean something. */
export function meaningful(of: keyof typeof honoured, args: FieldTable): FieldTable {
  return args.filter(([name]) => Object.hasOwn(honoured[of], name));
}

/** The value of an argument, or undefined where it is not given. */
export function argument(args: FieldTable, name: string): FieldValue | undefined {
  return args.length === 0 ? undefined : args.find(([each]) => each === name)?.[1];
}

/** The integer that an argument stands for, whatever its width; undefined where it is none, or is beyond 2^53. */
export function integerOf(value: FieldValue | undefined): number | undefined {
  const number = typeof value?.value === 'bigint' ? Number(value.value) : value?.value;
  const integral = value !== undefined && value.type !== 'float' && value.type !== 'double' && value.type !== 'timestamp';
  return integral && typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

export function isTrue(value: FieldValue | undefined): boolean {
  return value?.type === 'boolean' && value.value;
}
