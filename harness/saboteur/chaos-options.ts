import { type ReplyCode, replyCodes } from '../spec/amqp091/constants.ts';
import { methodsOfMoments } from './chaos-moment.ts';

/** When a nuisance strikes and what it then does. What is left out has the default of its verb, as `amqpspec list faults` tells. */
export interface ChaosOptions {
  /** Strikes at this method: one that clients send, as `queue.declare`, or `basic.deliver`, `basic.get-ok`, `basic.ack` (a confirm) on its way to the client. */
  readonly method?: string;
  /** Strikes only where this queue is meant: for what is published, by the default exchange. */
  readonly queue?: string;
  /** Strikes only where this exchange is meant; empty: the default exchange. */
  readonly exchange?: string;
  /** Lets so many pass before it begins. */
  readonly after?: number;
  /** Strikes so many times and no more. */
  readonly first?: number;
  /** Strikes at each so-manieth. */
  readonly every?: number;
  /** Strikes with this probability, from 0 to 1. */
  readonly probability?: number;
  /** Of what is left to chance. Defaults to 1. */
  readonly seed?: number;
  /** `delay`: milliseconds. */
  readonly delayMs?: number;
  /** `close`: the reply code; a soft one closes the channel, a hard one the connection. */
  readonly code?: ReplyCode;
}

export const chaosVerbs = ['drop', 'delay', 'nack', 'close', 'stall', 'cut'] as const;

export type ChaosVerb = (typeof chaosVerbs)[number];

/** A nuisance with its options; as one text `chaos:delay:delayMs=200,method=queue.declare`. */
export type ChaosSpec = { readonly fault: `chaos:${ChaosVerb}` } & ChaosOptions;

/** A fault was asked for with options that it cannot have. The message is one sentence. */
export class FaultOptionError extends Error {
  override readonly name = 'FaultOptionError';
}

const whole = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

/** What each option has to be, in words and as a test. */
const rules: { readonly [K in keyof Required<ChaosOptions>]: readonly [what: string, holds: (value: unknown) => boolean] } = {
  method: [`one of ${methodsOfMoments.join(', ')}`, value => methodsOfMoments.includes(String(value))],
  queue: ['the name of a queue', value => typeof value === 'string'],
  exchange: ['the name of an exchange', value => typeof value === 'string'],
  after: ['a whole number', whole],
  first: ['a whole number', whole],
  every: ['a whole number from 1 on', value => whole(value) && Number(value) > 0],
  probability: ['a number from 0 to 1', value => typeof value === 'number' && value >= 0 && value <= 1],
  seed: ['a whole number', whole],
  delayMs: ['a whole number of milliseconds', whole],
  code: ['a reply code that says that something is wrong, as 320 or 406', value => isFailure(value)],
};

function isFailure(value: unknown): boolean {
  return Object.hasOwn(replyCodes, String(value)) && replyCodes[Number(value) as ReplyCode].severity !== 'success';
}

/** The options themselves, when they can be. @throws {FaultOptionError} */
export function checkedOptions(verb: string, options: Readonly<Record<string, unknown>>): ChaosOptions {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof typeof rules] : undefined;
    if (rule === undefined) throw new FaultOptionError(`The fault chaos:${verb} has no option ${name}. Known: ${Object.keys(rules).join(', ')}.`);
    if (!rule[1](value)) throw new FaultOptionError(`The option ${name} of the fault chaos:${verb} has to be ${rule[0]}, not ${String(value)}.`);
  }
  return options;
}

/** `chaos:verb:name=value,name=value` as verb and options; undefined where it is no nuisance. @throws {FaultOptionError} */
export function parseChaos(id: string): { readonly verb: ChaosVerb; readonly options: ChaosOptions } | undefined {
  const [, word = '', rest] = /^chaos:([^:]*)(?::(.*))?$/.exec(id) ?? [];
  const verb = chaosVerbs.find(each => each === word);
  if (verb === undefined) return undefined;
  const pairs = rest === undefined ? [] : rest.split(',').map(pair => pair.split('=') as [string, string?]);
  const texts: readonly string[] = ['method', 'queue', 'exchange'];
  const options = Object.fromEntries(pairs.map(([name, value = '']) => [name, texts.includes(name) ? value : Number(value || 'NaN')]));
  return { verb, options: checkedOptions(verb, options) };
}
