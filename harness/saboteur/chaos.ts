import type { Effect } from '../broker/vocabulary.ts';
import { replyCodes } from '../spec/amqp091/constants.ts';
import { late } from './chaos-delay.ts';
import { type ChaosHooks, type Moment, momentHeard, momentOf, Trigger } from './chaos-moment.ts';
import type { ChaosOptions, ChaosVerb } from './chaos-options.ts';
import type { Apply, Around, Fault } from './fault.ts';
import { randomFrom } from './random.ts';

const slowestMs = 2_000;

/** Does something else instead, at a command before it is carried out or at what a client is about to hear. */
function instead(trigger: Trigger, does: (moment: Moment, apply: Apply) => readonly Effect[]): Around {
  return (command, apply, { core }) => {
    const moment = momentOf(command);
    if (trigger.strikes(moment)) return does(moment, apply);
    const effects = apply(command);
    return effects.flatMap(effect => {
      const next = momentHeard(effect, command, core);
      return trigger.strikes(next) ? does(next, apply) : [effect];
    });
  };
}

const breakOff =
  (how: 'reset' | 'stall') =>
  ({ connection }: Moment): readonly Effect[] => [{ kind: 'break-off', connection, how }];

interface Verb {
  readonly does: string;
  /** Besides those that were given. */
  readonly defaults: (random: () => number) => ChaosOptions;
  around(trigger: Trigger, options: ChaosOptions): Around;
}

/** A connection that has just opened is left alone for some answers. */
const somewhere = (random: () => number): ChaosOptions => ({ after: 1 + Math.floor(random() * 16), first: 1 });

const verbs: { readonly [V in ChaosVerb]: Verb } = {
  drop: {
    does: 'loses the connection in place of every fourth delivery or so',
    defaults: () => ({ method: 'basic.deliver', probability: 0.25 }),
    around: trigger => instead(trigger, breakOff('reset')),
  },
  delay: {
    does: 'answers and delivers up to two seconds late',
    defaults: () => ({}),
    around: (trigger, { delayMs }) => late(trigger, () => delayMs ?? Math.floor(trigger.random() * slowestMs)),
  },
  nack: {
    does: 'refuses every message that a publisher wants confirmed, and loses it',
    defaults: () => ({}),
    around:
      trigger =>
      (command, apply, { core }) => {
        if (command.kind !== 'publish') return apply(command);
        const confirms = core.connections.get(command.connection)?.channels.get(command.channel)?.published !== undefined;
        return apply(confirms && trigger.strikes(momentOf(command)) ? { ...command, refused: true } : command);
      },
  },
  close: {
    does: 'closes the connection with 320 in place of taking what every fourth publish brings',
    defaults: () => ({ method: 'basic.publish', probability: 0.25 }),
    around: (trigger, { code = 320 }) =>
      instead(trigger, ({ connection, channel }, apply) => {
        const scope = replyCodes[code].severity === 'soft' ? 'channel' : 'connection';
        const closing = scope === 'channel' ? apply({ kind: 'close-channel', connection, channel }) : [];
        return [{ kind: 'refused', connection, channel, scope, code, text: 'a fault that was asked for' }, ...closing];
      }),
  },
  stall: {
    does: 'falls silent in the middle of a conversation and keeps the stream open',
    defaults: somewhere,
    around: trigger => instead(trigger, breakOff('stall')),
  },
  cut: {
    does: 'resets the connection in the middle of a conversation',
    defaults: somewhere,
    around: trigger => instead(trigger, breakOff('reset')),
  },
};

/** Legal but nasty: what a network, a full disk or a busy broker may do to a client any day. */
export function chaosFault(verb: ChaosVerb, given: ChaosOptions = {}, hooks: ChaosHooks = {}): Fault {
  const { does, defaults, around } = verbs[verb];
  const chosen = Object.keys(given).some(name => !['seed', 'delayMs', 'code'].includes(name));
  return {
    area: ['amqp091/**'],
    does,
    seam: {
      kind: 'effects',
      ...(verb === 'delay' && { lingers: true }),
      start: () => {
        const { method, ...whims } = defaults(randomFrom(given.seed ?? 1));
        const options = { ...(method !== undefined && { method }), ...(chosen ? {} : whims), ...given };
        return around(new Trigger(options, hooks), options);
      },
    },
  };
}
