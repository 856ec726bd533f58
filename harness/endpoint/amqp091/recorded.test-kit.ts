import type { Method, MethodName } from '../../spec/amqp091/classes.ts';
import { decodeFrame, encodeMethodFrame, type Frame, method } from '../../wire/amqp091/codec.ts';
import { protocolHeader091 } from '../../wire/protocol-header.ts';
import { ConnectionMachine } from './connection.ts';
import type { ChannelState, ConnectionState } from './transitions.ts';
import type { ConnectionEvent, ConnectionSettings, Role } from './vocabulary.ts';

/** A machine whose every output is kept, on a clock that stands where the test puts it. */
export interface Recorded {
  readonly machine: ConnectionMachine;
  now: number;
  readonly events: ConnectionEvent[];
  closed: 'flush' | 'abort' | undefined;
  wake: number | undefined;
  /** Octets transmitted since this was asked last. */
  octets(): Uint8Array;
  /** The frames among them, as short text for methods: `1 queue.declare-ok`, `0 heartbeat`. */
  said(): readonly string[];
  /** The methods transmitted since asked last. */
  methods(): readonly Method[];
  /** What came to light since this was asked last, as short text: `1 channel.open`, `violation amqp091/…`. */
  heard(): readonly string[];
}

export const limits = { channelMax: 7, frameMax: 8192, heartbeatS: 0 };

export function recorded(settings: Partial<ConnectionSettings> & { readonly role: Role }, onEvent: (event: ConnectionEvent) => void = () => {}): Recorded {
  const transmitted: Uint8Array[] = [];
  const octets = () => new Uint8Array(Buffer.concat(transmitted.splice(0)));
  const record: Recorded = {
    machine: new ConnectionMachine(
      { limits, ...settings },
      {
        transmit: bytes => transmitted.push(bytes),
        event: event => {
          record.events.push(event);
          onEvent(event);
        },
        wakeAt: ms => {
          record.wake = ms;
        },
        close: how => {
          record.closed = how;
        },
      },
    ),
    now: 0,
    events: [],
    closed: undefined,
    wake: undefined,
    octets,
    said: () => framesOf(octets()).map(described),
    methods: () => framesOf(octets()).flatMap(frame => (frame.type === 'method' ? [frame.method] : [])),
    heard: () => record.events.splice(0).map(heardOf),
  };
  return record;
}

function framesOf(octets: Uint8Array): readonly Frame[] {
  const frames: Frame[] = [];
  let offset = octets[0] === 0x41 ? 8 : 0;
  while (offset < octets.length) {
    const frame = decodeFrame(octets, { offset });
    if (frame.kind !== 'value') throw new Error(`what was sent is no frame: ${JSON.stringify(frame)}`);
    frames.push(frame.value);
    offset = frame.end;
  }
  return frames;
}

function described(frame: Frame): string {
  return `${frame.channel} ${frame.type === 'method' ? frame.method.name : frame.type}`;
}

function heardOf(event: ConnectionEvent): string {
  switch (event.kind) {
    case 'method':
      return `${event.channel} ${event.method.name}`;
    case 'content':
      return `${event.channel} ${event.method.name} with ${event.header.bodySize}`;
    case 'violation':
      return `violation ${event.violation.rule}`;
    case 'ended':
      return `ended ${event.how}${event.handshake ? ' after handshake' : ''}`;
    default:
      return event.kind;
  }
}

type Step = readonly [sender: Role, name: MethodName];

const opening = [
  ['server', 'connection.start'],
  ['client', 'connection.start-ok'],
  ['server', 'connection.secure'],
  ['client', 'connection.secure-ok'],
  ['server', 'connection.tune'],
  ['client', 'connection.tune-ok'],
  ['client', 'connection.open'],
  ['server', 'connection.open-ok'],
] as const satisfies readonly Step[];

const upTo = (steps: number): readonly Step[] => opening.slice(0, steps);

/** The methods after the protocol header that lead to a state. */
const pathTo: Readonly<Record<Exclude<ConnectionState, 'initial' | 'closed'>, readonly Step[]>> = {
  header: upTo(0),
  start: upTo(1),
  'start-ok': upTo(2),
  secure: upTo(3),
  'secure-ok': upTo(4),
  tune: upTo(5),
  'tune-ok': upTo(6),
  open: upTo(7),
  'open-ok': upTo(8),
  'client-close': [...opening, ['client', 'connection.close']],
  'server-close': [...opening, ['server', 'connection.close']],
  'both-close': [...opening, ['client', 'connection.close'], ['server', 'connection.close']],
  'close-ok': [...opening, ['client', 'connection.close'], ['server', 'connection.close-ok']],
};

const channelPath: Readonly<Record<ChannelState, readonly Step[]>> = {
  closed: [],
  opening: [['client', 'channel.open']],
  open: [
    ['client', 'channel.open'],
    ['server', 'channel.open-ok'],
  ],
  'client-close': [
    ['client', 'channel.open'],
    ['server', 'channel.open-ok'],
    ['client', 'channel.close'],
  ],
  'server-close': [
    ['client', 'channel.open'],
    ['server', 'channel.open-ok'],
    ['server', 'channel.close'],
  ],
  'both-close': [
    ['client', 'channel.open'],
    ['server', 'channel.open-ok'],
    ['client', 'channel.close'],
    ['server', 'channel.close'],
  ],
};

function take(record: Recorded, channel: number, [sender, name]: Step): void {
  if (sender === record.machine.role) record.machine.send(channel, method(name), record.now);
  else record.machine.receive(octetsOf(channel, name), record.now);
}

/** A whole method frame. */
export function octetsOf(channel: number, name: MethodName, args: object = {}): Uint8Array {
  return encodeMethodFrame(channel, method(name, args));
}

/** A machine brought to a state of its connection, with channel 1 in a state of its own; what was said on the way is forgotten. */
export function reached(
  settings: Partial<ConnectionSettings> & { readonly role: Role },
  state: keyof typeof pathTo = 'open-ok',
  channel: ChannelState = 'closed',
): Recorded {
  const record = recorded(settings);
  if (settings.role === 'client') record.machine.start(0);
  else record.machine.receive(protocolHeader091, 0);
  for (const step of pathTo[state]) take(record, 0, step);
  if (state === 'open-ok') record.machine.agree(limits, 0);
  for (const step of channelPath[channel]) take(record, 1, step);
  const stray = record.events.find(({ kind }) => kind === 'violation');
  if (stray !== undefined) throw new Error(`the way to ${state} is not legal: ${JSON.stringify(stray)}`);
  record.octets();
  record.heard();
  return record;
}
