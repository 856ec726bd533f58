import { frameTypes } from '../../../spec/amqp091/constants.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import { encodeMethodFrame, method } from '../../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../../wire/amqp091/raw-frame.ts';
import type { Departures } from './departure.ts';
import { message } from './legal-steps.ts';
import type { Script } from './script.ts';

const heartbeatFrame = encodeRawFrame(frameTypes.heartbeat, 0, new Uint8Array(0));
const segmentation: RuleId = 'amqp091/2.3.4.segmentation';

/** Octets that have to be served however they are cut. */
const legalOctets = ({ random, setting }: Script, channel: number): Uint8Array =>
  random.oneIn(2)
    ? message(channel, `${setting.prefix}nowhere`, new Uint8Array(40), { contentType: 'text/plain' })
    : encodeMethodFrame(channel, method('basic.qos', { prefetchCount: 3 }));

const everyOctet = (length: number): readonly number[] => Array.from({ length: length - 1 }, (_, index) => index + 1);

/** How the stream is cut, paused and ended. On an open channel they are legal, all but the ends. */
export const cutDepartures: Departures = {
  'octet by octet': {
    weight: 3,
    apply: (script, channel, { channel: state, content }, name) => {
      const open = state === 'open' && content === 'method';
      const octets = legalOctets(script, channel);
      script.depart(open ? name : `${name}, out of place`, octets, { channel, cuts: everyOctet(octets.length), ...(open && { rule: segmentation }) });
    },
  },
  'header in three': {
    weight: 3,
    apply: (script, channel, { channel: state, content }, name) => {
      const open = state === 'open' && content === 'method';
      script.depart(open ? name : `${name}, out of place`, legalOctets(script, channel), { channel, cuts: [1, 3], ...(open && { rule: segmentation }) });
    },
  },
  heartbeat: { weight: 2, apply: (script, _, __, name) => script.depart(name, heartbeatFrame, { rule: 'amqp091/4.2.7.heartbeat-discarded' }) },
  stall: {
    weight: 1,
    apply: (script, channel, { channel: state, content }, name) => {
      const open = state === 'open' && content === 'method';
      const octets = legalOctets(script, channel);
      const half = octets.length >> 1;
      const label = open ? name : `${name}, out of place`;
      script.depart(label, octets.subarray(0, half), { channel, ...(open && { rule: segmentation }) });
      script.steps.push({ kind: 'stall', ms: 20 + script.random.below(80) });
      script.say(octets.subarray(half), 'the rest');
    },
  },
  'half-close in a frame': {
    weight: 2,
    last: true,
    apply: (script, channel, _, name) => {
      script.depart(name, legalOctets(script, channel).subarray(0, 9), { channel });
      script.steps.push({ kind: 'half-close' });
    },
  },
  'half-close': { weight: 1, last: true, apply: (script, _, __, name) => script.leave(name, { kind: 'half-close' }) },
  reset: { weight: 1, last: true, apply: (script, _, __, name) => script.leave(name, { kind: 'reset' }) },
  'reset in a frame': {
    weight: 1,
    last: true,
    apply: (script, channel, _, name) => {
      script.depart(name, legalOctets(script, channel).subarray(0, 9), { channel });
      script.steps.push({ kind: 'reset' });
    },
  },
};
