import type { ConnectionState } from '../../../endpoint/amqp091/transitions.ts';
import { frameTypes } from '../../../spec/amqp091/constants.ts';
import { joined, nestedTables, withArgument } from '../../../wire/amqp091/craft.ts';
import { encodeMethodFrame, method } from '../../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../../wire/amqp091/raw-frame.ts';
import type { ChannelPlace } from './channels.ts';
import { octetDepartures } from './departures-octets.ts';
import { stateDepartures } from './departures-states.ts';
import { startOk, tuneOk } from './opening.ts';
import type { Script } from './script.ts';

/** A departure of the opening: in which states it makes sense. */
export interface OpeningDeparture {
  readonly weight: number;
  /** Left out: in all before open. */
  readonly states?: readonly ConnectionState[];
  /** It stands in place of the frame that was due: the opening goes on behind that one. */
  readonly onTo?: ConnectionState;
  readonly apply: (script: Script, name: string) => void;
}

const sizes = { before: [0, 1, 7, 8, 100, 4_095], least: [4_096], beyond: [131_073, 0x7fffffff, 0xffffffff] };
const closed: ChannelPlace = { channel: 'open', content: 'method' };

const tune = (frameMax: readonly number[]) => (script: Script, name: string) => {
  const args = tuneOk(script.setting).args;
  script.depart(`${name}`, encodeMethodFrame(0, method('connection.tune-ok', { ...args, frameMax: script.random.pick(frameMax) })));
};

const raw = (make: (script: Script) => Uint8Array) => (script: Script, name: string) => script.depart(name, make(script));

/** The frame that comes next in the opening. */
function nextFrame(script: Script): Uint8Array {
  const { setting } = script;
  if (script.state === 'connection:start' || script.state === 'connection:header') return encodeMethodFrame(0, startOk(setting));
  if (script.state === 'connection:tune' || script.state === 'connection:start-ok') return encodeMethodFrame(0, tuneOk(setting));
  return encodeMethodFrame(0, method('connection.open', { virtualHost: setting.virtualHost }));
}

/** Changes of single octets work on the next frame of the opening as on any other. */
const mutations: Readonly<Record<string, OpeningDeparture>> = Object.fromEntries(
  ['bit flip', 'odd octet', 'frame twice'].map(name => [
    `${name} in the opening`,
    {
      weight: 4,
      apply: (script: Script, named: string) => {
        const frame = nextFrame(script);
        const at = script.random.below(frame.length);
        if (name === 'frame twice') script.depart(named, joined(frame, frame));
        else
          script.depart(
            named,
            frame.map((octet, index) =>
              index === at ? (name === 'bit flip' ? octet ^ (1 << script.random.below(8)) : script.random.pick([0, 1, 0x7f, 0xff])) : octet,
            ),
          );
      },
    },
  ]),
);

/** Departures of channels, made where there is none yet. */
const tooEarly: Readonly<Record<string, OpeningDeparture>> = Object.fromEntries(
  [
    'any method',
    'connection method',
    'stray header',
    'stray body',
    'heartbeat off channel 0',
    'protocol header again',
    'size huge',
    'frame end',
    'frame type',
    'class unknown',
    'method unknown',
    'payload cut',
    'payload longer',
    'deep table',
  ].map(name => {
    const row = stateDepartures[name] ?? octetDepartures[name];
    return [`${name} in the opening`, { weight: 2, apply: (script: Script, named: string) => row?.apply(script, script.random.pick([0, 1]), closed, named) }];
  }),
);

export const openingDepartures: Readonly<Record<string, OpeningDeparture>> = {
  ...tooEarly,
  ...mutations,
  'protocol header': {
    weight: 30,
    states: ['initial'],
    onTo: 'start',
    apply: raw(({ random }) =>
      random.pick([
        Uint8Array.from([0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 9]),
        Uint8Array.from([0x41, 0x4d, 0x51, 0x50, 9, 0, 9, 1]),
        Uint8Array.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 2]),
        Uint8Array.from([0x41, 0x4d, 0x51, 0x51, 0, 0, 9, 1]),
        Uint8Array.from([0x41, 0x4d, 0x51, 0x50, 255, 255, 255, 255]),
        new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'),
        new Uint8Array(8),
        Uint8Array.from({ length: 64 }, () => random.below(256)),
        encodeMethodFrame(0, method('connection.start-ok')),
        encodeRawFrame(frameTypes.heartbeat, 0, new Uint8Array(0)),
      ]),
    ),
  },
  'wrong password': {
    weight: 10,
    states: ['start'],
    onTo: 'tune',
    apply: raw(({ setting }) => encodeMethodFrame(0, startOk({ ...setting, password: 'wrong' }))),
  },
  'unknown mechanism': {
    weight: 15,
    states: ['start'],
    onTo: 'tune',
    apply: raw(({ setting, random }) =>
      encodeMethodFrame(
        0,
        method('connection.start-ok', { ...startOk(setting).args, mechanism: random.pick(['', 'X', 'plain', 'SCRAM-SHA-1', 'x'.repeat(255)]) }),
      ),
    ),
  },
  'odd response': {
    weight: 20,
    states: ['start'],
    onTo: 'tune',
    apply: raw(({ setting, random }) =>
      encodeMethodFrame(
        0,
        method('connection.start-ok', {
          ...startOk(setting).args,
          mechanism: random.pick(['PLAIN', 'AMQPLAIN', 'CRAM-MD5']),
          response: random.pick([new Uint8Array(0), new Uint8Array(1), new Uint8Array(3), Uint8Array.of(0xff, 0xfe), new Uint8Array(3_000)]),
        }),
      ),
    ),
  },
  'deep properties': {
    weight: 2,
    states: ['start'],
    onTo: 'tune',
    apply: raw(({ setting, random }) => withArgument(0, startOk(setting), 'clientProperties', nestedTables(random.pick([50, 300])))),
  },
  'unknown locale': {
    weight: 1,
    states: ['start'],
    onTo: 'tune',
    apply: raw(({ setting, random }) =>
      encodeMethodFrame(0, method('connection.start-ok', { ...startOk(setting).args, locale: random.pick(['', 'xx', 'en_US en_GB']) })),
    ),
  },
  'frame-max too small': { weight: 30, states: ['tune'], onTo: 'tune-ok', apply: tune(sizes.before) },
  'frame-max beyond the offer': { weight: 15, states: ['tune'], onTo: 'tune-ok', apply: tune(sizes.beyond) },
  'channel-max beyond the offer': {
    weight: 10,
    states: ['tune'],
    onTo: 'tune-ok',
    apply: raw(({ setting }) => encodeMethodFrame(0, method('connection.tune-ok', { ...tuneOk(setting).args, channelMax: 65_535 }))),
  },
  'channel-max zero': {
    weight: 1,
    states: ['tune'],
    onTo: 'tune-ok',
    apply: raw(({ setting }) => encodeMethodFrame(0, method('connection.tune-ok', { ...tuneOk(setting).args, channelMax: 0 }))),
  },
  'unknown virtual host': {
    weight: 20,
    states: ['tune-ok'],
    onTo: 'open-ok',
    apply: raw(({ random, setting }) =>
      encodeMethodFrame(
        0,
        method('connection.open', { virtualHost: random.pick(['', ' ', `${setting.prefix}none`, '\u0001', 'v'.repeat(255), 'é'.repeat(127)]) }),
      ),
    ),
  },
};
