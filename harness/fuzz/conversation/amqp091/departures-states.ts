import type { MethodName } from '../../../spec/amqp091/classes.ts';
import { frameTypes } from '../../../spec/amqp091/constants.ts';
import { contentHeader } from '../../../wire/amqp091/content.ts';
import { contentHeaderOf, joined } from '../../../wire/amqp091/craft.ts';
import { encodeMethodFrame, method, methodNames } from '../../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../../wire/amqp091/raw-frame.ts';
import { protocolHeader091 } from '../../../wire/protocol-header.ts';
import type { Departure, Departures } from './departure.ts';
import type { Script } from './script.ts';

const none = new Uint8Array(0);
const connectionMethods = methodNames.filter(name => name.startsWith('connection.') && name !== 'connection.close' && name !== 'connection.close-ok');
const functional = methodNames.filter(name => !name.startsWith('connection.'));
/** Nothing that lasts is made, also where it is in place. */
const gentle: Readonly<Partial<Record<MethodName, object>>> = {
  'queue.declare': { exclusive: true, autoDelete: true },
  'exchange.declare': { exchange: 'amq.direct', type: 'direct', passive: true },
};

const octetsRow = (weight: number, make: (script: Script, channel: number) => Uint8Array): Departure => ({
  weight,
  last: true,
  apply: (script, channel, _, name) => script.depart(name, make(script, channel), { channel }),
});

function drawn(script: Script, channel: number, names: readonly MethodName[]): Uint8Array {
  const name = script.random.pick(names);
  return encodeMethodFrame(channel, method(name, gentle[name]));
}

const publish = (script: Script, channel: number) => encodeMethodFrame(channel, method('basic.publish', { routingKey: `${script.setting.prefix}nowhere` }));
const header = (channel: number, bodySize: number) => encodeRawFrame(frameTypes.header, channel, contentHeader({ bodySize }).raw);
const body = (channel: number, octets: number) => encodeRawFrame(frameTypes.body, channel, new Uint8Array(octets));

/** Frames and methods where they are out of place. */
export const stateDepartures: Departures = {
  'any method': octetsRow(14, (script, channel) => drawn(script, channel, functional)),
  'connection method': octetsRow(4, script => drawn(script, 0, connectionMethods)),
  'connection method off channel 0': octetsRow(2, (script, channel) => drawn(script, channel, connectionMethods)),
  'stray header': octetsRow(3, (script, channel) => header(channel, script.random.pick([0, 1, 5]))),
  'stray body': octetsRow(3, (script, channel) => body(channel, script.random.pick([0, 1, 5, 6, 4_000]))),
  'content on channel 0': octetsRow(2, script => (script.random.oneIn(2) ? header(0, 1) : body(0, 1))),
  'heartbeat off channel 0': octetsRow(2, (_, channel) => encodeRawFrame(frameTypes.heartbeat, channel, none)),
  'heartbeat with payload': octetsRow(2, () => encodeRawFrame(frameTypes.heartbeat, 0, Uint8Array.of(0))),
  'protocol header again': octetsRow(2, () => protocolHeader091),
  'body too long': octetsRow(3, (script, channel) => joined(publish(script, channel), header(channel, 3), body(channel, 4))),
  'frame beyond frame-max': octetsRow(2, (script, channel) => {
    const octets = script.frameMax - 7 + script.random.pick([0, 0, 1, 100]);
    return joined(publish(script, channel), header(channel, octets), body(channel, octets));
  }),
  'body cut short': octetsRow(3, (script, channel) =>
    joined(publish(script, channel), header(channel, 3), body(channel, 2), encodeMethodFrame(channel, method('basic.qos'))),
  ),
  'two headers': octetsRow(2, (script, channel) => joined(publish(script, channel), header(channel, 3), header(channel, 3))),
  'method in content': octetsRow(3, (script, channel) => joined(publish(script, channel), encodeMethodFrame(channel, method('basic.qos')))),
  'header of another class': octetsRow(2, (script, channel) =>
    joined(publish(script, channel), contentHeaderOf(channel, { classId: script.random.pick([0, 10, 50, 0xffff]) })),
  ),
  weight: octetsRow(2, (script, channel) => joined(publish(script, channel), contentHeaderOf(channel, { weight: script.random.pick([1, 0xffff]) }))),
  'property flags': octetsRow(3, (script, channel) =>
    joined(publish(script, channel), contentHeaderOf(channel, { flags: [script.random.pick([1, 2, 3, 0xffff, 0x8000, 0x2000])] })),
  ),
  'property list longer': octetsRow(2, (script, channel) =>
    joined(publish(script, channel), contentHeaderOf(channel, { list: new Uint8Array(script.random.pick([1, 4, 255])) })),
  ),
  'body size huge': octetsRow(2, (script, channel) =>
    joined(
      publish(script, channel),
      contentHeaderOf(channel, { bodySize: script.random.pick([0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn, 0x100000000n, 0x80000000n]) }),
    ),
  ),
};
