import type { Conversation10, Filter10 } from '../../saboteur/fault10.ts';
import { answer10, bodyOf, type Draft10, piece10 } from '../../saboteur/rewrites10.ts';
import type { AmqpError, CompositeFields } from '../../wire/amqp10/codec.ts';
import { variableOf } from '../../wire/amqp10/craft.ts';
import { compositeFrame, described, everyScalar, mapOfAll, reservedDescriptor } from './octets.ts';
import { alone, type Behind, case10, closes, departs, drops, goesOn } from './words.ts';

type OpenDraft = Draft10<'open'>;

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);
/** The server's open says something else. */
const opens = (fields: Partial<CompositeFields<'open'>>, behind?: Behind) =>
  departs(
    answer10('open', draft => draft.with(fields)),
    behind,
  );
const opensAs = (change: (draft: OpenDraft, at: Conversation10) => Uint8Array, behind?: Behind) => departs(answer10('open', change), behind);

const idleMs = 1000;
/** Nothing of the server's comes any more, so that the client has nothing to say but that it lives: it may be silent for so long, and again for as long, as peers announce half of what they bear. */
const keepsAlive: Behind = scene => {
  const then = alone()(scene);
  let last: number | undefined;
  const look: Filter10 = (seen, at) => {
    last ??= at.now;
    const told = seen.direction === 'to-server' || bodyOf(seen)?.type === 'close';
    if (told && at.now - last > 2 * idleMs)
      scene.broke('amqp10/2.4.5.keep-alive:client-emit', `it sent nothing for ${Math.round(at.now - last)} ms, where idle-time-out is ${idleMs}`);
    if (seen.direction === 'to-server') last = at.now;
    return then(seen, at);
  };
  return look;
};

/** Open with its limits: sections 2.4 and 2.7.1. */
export const openCases = [
  case10({
    id: 'open/max-frame-size-512',
    title: 'Where the server takes frames of 512 octets, the client sends none that is larger',
    duties: ['amqp10/2.7.1.max-frame-size:client-emit', 'amqp10/2.4.1.limits-agreed:client-emit'],
    needs: 'publish',
    lawful: true,
    stayMs: 5000,
    until: 'publish',
    seam: opens({ maxFrameSize: 512 }),
  }),
  case10({
    id: 'open/max-frame-size-511',
    title: 'A max-frame-size below 512 closes the connection with an error',
    duties: ['amqp10/2.7.1.max-frame-size-minimum:client-enforce'],
    needs: 'open',
    seam: opens({ maxFrameSize: 511 }, alone()),
  }),
  case10({
    id: 'open/channel-max-0',
    title: 'Where the server has one channel, the client uses no other',
    duties: ['amqp10/2.7.1.channel-max:client-emit', 'amqp10/2.4.1.limits-agreed:client-emit'],
    needs: 'channel',
    legal: [goesOn, closes('connection'), drops],
    lawful: true,
    stayMs: 1500,
    until: 'publish',
    seam: opens({ channelMax: 0 }),
  }),
  case10({
    id: 'open/idle-time-out',
    title: 'Where the server asks for a frame each second, the client sends them though it has nothing to say',
    duties: ['amqp10/2.4.5.keep-alive:client-emit'],
    needs: 'open',
    lawful: true,
    stayMs: 4500,
    seam: opens({ idleTimeOut: idleMs }, keepsAlive),
  }),
  case10({
    id: 'open/idle-time-out-tiny',
    title: 'An idle-time-out of one millisecond is kept, or refused, and drives nobody mad',
    duties: ['amqp10/2.4.5.unsupported:client-enforce'],
    needs: 'open',
    legal: [goesOn, closes('connection'), drops],
    lawful: true,
    seam: opens({ idleTimeOut: 1 }),
  }),
  case10({
    id: 'open/idle-time-out-zero',
    title: 'An idle-time-out of zero asks for nothing',
    duties: ['amqp10/2.7.1.idle-time-out-zero:client-emit'],
    needs: 'open',
    seam: opens({ idleTimeOut: 0 }),
  }),
  case10({
    id: 'open/container-id-missing',
    title: 'An open that names no container closes the connection with an error',
    duties: ['amqp10/2.7.1.container-id:client-enforce', 'amqp10/1.3.4.mandatory:client-enforce'],
    needs: 'open',
    seam: opensAs(draft => draft.lacking('containerId'), alone()),
  }),
  case10({
    id: 'open/container-id-text',
    title: 'A container may be named by any text',
    duties: ['amqp10/1.6.20.string:client-emit'],
    needs: 'open',
    seam: opensAs(draft => draft.as({ fields: { containerId: variableOf('string', text('кролик 🐇 兔'), { wide: true }) } })),
  }),
  case10({
    id: 'open/properties-every-type',
    title: 'Properties of every type, in every encoding, are taken',
    duties: ['amqp10/1.2.any-encoding:client-emit', 'amqp10/1.6.23.map:client-emit'],
    needs: 'open',
    seam: opensAs(draft => draft.as({ wide: true, fields: { properties: mapOfAll(everyScalar, 'symbol', 'p') } })),
  }),
  case10({
    id: 'open/properties-described',
    title: 'A property that is described by something unknown is still a value',
    duties: ['amqp10/1.1.2.described:client-emit'],
    needs: 'open',
    seam: opensAs(draft => draft.as({ fields: { properties: mapOfAll(described, 'symbol') } })),
  }),
  case10({
    id: 'open/reserved-descriptor',
    title: 'A property whose descriptor is of a reserved type is still a value',
    duties: ['amqp10/1.5.reserved-descriptor:client-emit'],
    needs: 'open',
    seam: opensAs(draft => draft.as({ fields: { properties: mapOfAll([reservedDescriptor], 'symbol') } })),
  }),
  case10({
    id: 'open/capabilities-single',
    title: 'One capability and one locale without an array around them are taken',
    duties: ['amqp10/1.3.4.single-value:client-emit', 'amqp10/2.7.1.locale-lists:client-emit'],
    needs: 'open',
    seam: opensAs(draft => {
      const symbol = (name: string): Uint8Array => variableOf('symbol', text(name));
      return draft.as({ fields: { offeredCapabilities: symbol('x-one'), outgoingLocales: symbol('en-US'), desiredCapabilities: symbol('x-two') } });
    }),
  }),
  case10({
    id: 'open/trailing-nulls',
    title: 'Nulls at the end of an open, and its symbolic descriptor, change nothing',
    duties: ['amqp10/1.4.trailing-null:client-emit', 'amqp10/1.3.2.composite-descriptor:client-emit', 'amqp10/2.7.1.max-frame-size-default:client-emit'],
    needs: 'open',
    seam: opensAs(({ fields }) => compositeFrame('open', { containerId: fields.containerId }, 0, { descriptor: 'sym8', wide: true, trailing: 'nulls' })),
  }),
  case10({
    id: 'open/too-many-fields',
    title: 'An open with more fields than there are closes the connection with an error',
    duties: ['amqp10/1.4.too-many-fields:client-enforce'],
    needs: 'open',
    seam: opensAs(draft => draft.as({ trailing: 12 }), alone()),
  }),
  case10({
    id: 'open/field-type',
    title: 'A channel-max that is a string closes the connection with an error',
    duties: ['amqp10/1.4.field-type:client-enforce'],
    needs: 'open',
    seam: opensAs(draft => draft.as({ fields: { channelMax: variableOf('string', text('many')) } }), alone()),
  }),
  case10({
    id: 'open/field-not-multiple',
    title: 'A hostname that is an array closes the connection with an error',
    duties: ['amqp10/1.3.4.multiple:client-enforce'],
    needs: 'open',
    legal: [closes('connection', 'amqp:invalid-field', 'amqp:decode-error', 'amqp:connection:framing-error')],
    seam: opensAs(draft => draft.as({ fields: { hostname: Uint8Array.of(0xe0, 4, 1, 0xa1, 1, 0x61) } }), alone()),
  }),
  case10({
    id: 'open/twice',
    title: 'A second open closes the connection with an error',
    duties: ['amqp10/2.4.1.open-once:client-enforce'],
    needs: 'open',
    seam: departs(
      answer10('open', draft => draft.twice()),
      alone(),
    ),
  }),
  case10({
    id: 'open/another-channel',
    title: 'An open on channel 1 closes the connection with an error',
    duties: ['amqp10/2.4.1.open-channel:client-enforce'],
    needs: 'open',
    seam: departs(
      answer10('open', draft => draft.on(1)),
      alone(),
    ),
  }),
  case10({
    id: 'open/begin-first',
    title: 'A begin before open closes the connection with an error',
    duties: ['amqp10/2.4.1.open-first:client-enforce'],
    needs: 'open',
    seam: departs(
      answer10('open', () => ({ send: [piece10({ type: 'begin', nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 }, 0)] })),
      alone(),
    ),
  }),
  case10({
    id: 'open/channel-beyond',
    title: "A frame on a channel above the client's channel-max closes the connection with a framing error",
    duties: ['amqp10/2.7.1.channel-beyond:client-enforce'],
    needs: 'open',
    trigger: 'a channel-max, beyond which there is a channel',
    seam: departs(
      answer10('open', (draft, at) => {
        const most = at.channelMax['to-client'];
        return most < 0xffff && draft.followedBy(piece10({ type: 'begin', nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 }, most + 1));
      }),
      alone(),
    ),
  }),
];

const error = (condition: string, fields: Partial<AmqpError> = {}): AmqpError => ({ type: 'error', condition, description: 'on purpose', ...fields });
/** The server closes, and the client answers in kind. */
const closed = (id: string, title: string, on: 'open' | 'begin', told: AmqpError | undefined, channel = 0) =>
  case10({
    id: `close/${id}`,
    title,
    duties: channel === 0 ? ['amqp10/2.4.3.close-answered:client-emit', 'amqp10/2.4.3.close-last:client-emit'] : ['amqp10/2.4.3.close-any-channel:client-emit'],
    needs: on === 'open' ? 'open' : 'channel',
    legal: [goesOn],
    seam: departs(
      answer10(on, (draft, at) => at.channelMax['to-client'] >= channel && draft.followedBy(piece10({ type: 'close', ...(told && { error: told }) }, channel))),
      alone('close'),
    ),
  });

/** Close: sections 2.4.3, 2.4.6 and 2.7.9. */
export const closeCases = [
  closed('plain', 'A close without an error is answered with a close', 'begin', undefined),
  closed('behind-open', 'A close right behind the open is answered with a close', 'open', error('amqp:connection:forced')),
  closed('forced', 'A close by force is answered with a close', 'begin', error('amqp:connection:forced')),
  closed('resource-limit', 'A close for want of resources is answered with a close', 'begin', error('amqp:resource-limit-exceeded')),
  closed('internal-error', 'A close for an internal error is answered with a close', 'begin', error('amqp:internal-error')),
  closed('unknown-condition', 'A close with a condition that nobody defined is answered with a close', 'begin', error('x-vendor:out-of-cheese')),
  closed(
    'redirect',
    'A close that leads to another host is answered with a close',
    'open',
    error('amqp:connection:redirect', {
      info: [
        ['hostname', { type: 'string', value: 'elsewhere.invalid' }],
        ['network-host', { type: 'string', value: '127.0.0.1' }],
        ['port', { type: 'uint', value: 9 }],
      ],
    }),
  ),
  closed('another-channel', 'A close on channel 1 is a close', 'begin', error('amqp:connection:forced'), 1),
];
