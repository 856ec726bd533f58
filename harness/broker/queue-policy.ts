import type { FieldTable } from '../spec/amqp091/domains.ts';
import { textOf } from './arguments.ts';
import { argument, integerOf, type Overflow, overflows } from './extension-arguments.ts';
import { levelsOf, type Readings } from './readings.ts';

/** What the arguments of a queue ask for. Infinity: no limit. */
export interface QueuePolicy {
  /** How long a message may wait, in milliseconds. */
  readonly messageTtlMs: number;
  /** How long the queue may be out of use before it is deleted, in milliseconds. */
  readonly expiresMs: number;
  /** Most messages that may be ready, and most octets of their bodies. */
  readonly maxLength: number;
  readonly maxOctets: number;
  readonly overflow: Overflow;
  /** Exchange that takes what the queue gives up; undefined: none does. */
  readonly deadLetterExchange: string | undefined;
  /** Routing key of dead letters; undefined: those of the message. */
  readonly deadLetterRoutingKey: string | undefined;
  /** Levels of priority that messages are told apart by. */
  readonly levels: number;
}

/** Reads arguments that `refusedArgument` found right. */
export function queuePolicy(args: FieldTable, readings: Readings): QueuePolicy {
  const levels = levelsOf(readings);
  if (args.length === 0) return levels === unlimited.levels ? unlimited : { ...unlimited, levels };
  const number = (name: string) => integerOf(argument(args, name));
  const text = (name: string) => {
    const value = argument(args, name);
    return value === undefined ? undefined : textOf(value);
  };
  const maxPriority = number('x-max-priority');
  return {
    messageTtlMs: number('x-message-ttl') ?? unlimited.messageTtlMs,
    expiresMs: number('x-expires') ?? unlimited.expiresMs,
    maxLength: number('x-max-length') ?? unlimited.maxLength,
    maxOctets: number('x-max-length-bytes') ?? unlimited.maxOctets,
    overflow: overflows.find(each => each === text('x-overflow')) ?? unlimited.overflow,
    deadLetterExchange: text('x-dead-letter-exchange'),
    deadLetterRoutingKey: text('x-dead-letter-routing-key'),
    levels: maxPriority === undefined ? levels : maxPriority + 1,
  };
}

/** The policy of a queue that was asked for nothing. */
export const unlimited: QueuePolicy = {
  messageTtlMs: Number.POSITIVE_INFINITY,
  expiresMs: Number.POSITIVE_INFINITY,
  maxLength: Number.POSITIVE_INFINITY,
  maxOctets: Number.POSITIVE_INFINITY,
  overflow: 'drop-head',
  deadLetterExchange: undefined,
  deadLetterRoutingKey: undefined,
  levels: 10,
};
