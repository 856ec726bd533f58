import type { ConnectionState } from '../../../endpoint/amqp091/transitions.ts';
import { annotate } from '../../../wire/amqp091/describe.ts';
import { method } from '../../../wire/amqp091/method.ts';
import { Random } from '../../random.ts';
import type { Conversation, Setting, Speech } from '../conversation.ts';
import { bring, drawnPlace, placeNames } from './channels.ts';
import { type Departure, raffleOf } from './departure.ts';
import { cutDepartures } from './departures-cuts.ts';
import { octetDepartures } from './departures-octets.ts';
import { openingDepartures } from './departures-opening.ts';
import { stateDepartures } from './departures-states.ts';
import { valueDepartures } from './departures-values.ts';
import { Follower091 } from './follower.ts';
import { legalSteps } from './legal-steps.ts';
import { connectionClose, goOn, open, tuneOk } from './opening.ts';
import { Script } from './script.ts';

const channelDepartures: Readonly<Record<string, Departure>> = { ...octetDepartures, ...stateDepartures, ...valueDepartures, ...cutDepartures };
const raffle = raffleOf(channelDepartures);
/** Those behind which the connection goes on, where the law is kept. */
const gentle = raffle.filter(name => channelDepartures[name]?.last !== true);

/** States of the opening in which it is departed from, and those that only who logs in comes to. */
const openingStates: readonly ConnectionState[] = ['initial', 'start', 'tune', 'tune-ok', 'open', 'open-ok', 'client-close'];
const unauthenticated: readonly ConnectionState[] = ['initial', 'start'];

/** The channel on which a healthy end is asked for. */
const healthyChannel = 100;
const departuresMax = 7;

/** The speech of AMQP 0-9-1. */
export const speech091: Speech = {
  protocol: 'amqp091',
  conversation(seed, index, setting) {
    const random = new Random(seed, index);
    const script = new Script(setting, random, setting.pipelined === true && !random.oneIn(5));
    if (!setting.authenticated || random.below(100) < 30) departInOpening(script);
    else departOnChannels(script);
    return finished(script, seed, index);
  },
  follower: (setting: Setting) => new Follower091(setting),
  departures: [...Object.keys(channelDepartures), ...Object.keys(openingDepartures)],
  states: [...openingStates.map(state => `connection:${state}`), ...placeNames],
  annotate: octets => annotate(octets),
};

function finished({ steps, departures, served }: Script, seed: number, index: number): Conversation {
  const first = steps.find(step => step.kind === 'send' && step.departure !== undefined);
  const state = first?.kind === 'send' && first.state !== undefined ? first.state : 'connection:open-ok';
  return { protocol: 'amqp091', seed, index, state, departures, steps, ...(served && { served: true }) };
}

function departInOpening(script: Script): void {
  const { random, setting } = script;
  const state = random.pick(setting.authenticated ? openingStates : unauthenticated);
  if (state === 'initial') script.state = 'connection:initial';
  else open(script, state);
  const fitting = Object.entries(openingDepartures).filter(([, { states }]) => (states === undefined ? state !== 'initial' : states.includes(state)));
  const [name, row] = random.pick(fitting.flatMap(each => new Array<typeof each>(each[1].weight).fill(each)));
  row.apply(script, name);
  if (random.oneIn(12)) {
    script.leave(random.pick(['half-close', 'reset'] as const) === 'reset' ? 'reset' : 'half-close', { kind: random.oneIn(2) ? 'reset' : 'half-close' });
    return;
  }
  if (!setting.authenticated || state === 'client-close') {
    script.steps.push({ kind: 'half-close' });
    return;
  }
  // Where the departure was no breach, the opening goes on.
  if (row.onTo !== undefined) goOn(script, row.onTo, 'open-ok');
  else if (state === 'initial') open(script, 'open-ok');
  else goOn(script, state, 'open-ok');
  end(script);
}

/** Some legal limits, unlike those that were offered. */
function limitsOf({ random, setting }: Script) {
  const { args } = tuneOk(setting);
  if (!random.oneIn(10)) return undefined;
  return method('connection.tune-ok', { ...args, ...(random.oneIn(2) ? { frameMax: 4096 } : { channelMax: healthyChannel }) });
}

function departOnChannels(script: Script): void {
  const { random } = script;
  open(script, 'open-ok', limitsOf(script));
  const count = random.oneIn(20) ? 0 : 1 + random.below(departuresMax);
  for (let channel = 1; channel <= count; channel += 1) {
    const place = drawnPlace(script);
    bring(script, channel, place);
    const name = random.pick(channel === count ? raffle : gentle);
    channelDepartures[name]?.apply(script, channel, place, name);
    const last = script.steps.at(-1)?.kind;
    if (last === 'half-close' || last === 'reset') return;
  }
  end(script);
}

/** A return to health: what the law says must still be answered. */
function end(script: Script): void {
  script.method(healthyChannel, method('channel.open'), 'channel.open-ok');
  if (script.random.oneIn(4)) legalSteps(script, healthyChannel);
  script.method(healthyChannel, method('basic.qos'), 'basic.qos-ok');
  script.method(0, connectionClose);
  script.hear('connection.close-ok', 0);
}
