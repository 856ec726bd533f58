import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import { contentHeader, encodeFrame, method } from '../../wire/amqp091/codec.ts';
import { joined } from '../../wire/amqp091/craft.ts';
import { type CaseSpec, lawful } from './case-kit.ts';
import { bearing, body, carrying, delivery, empty, octets } from './delivery-kit.ts';
import { everyType, nested } from './tables.ts';

const million = 1_000_000;

const everyProperty: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'identity',
  headers: everyType,
  deliveryMode: 2,
  priority: 9,
  correlationId: 'c'.repeat(255),
  replyTo: 'amqpspec.reply',
  expiration: '60000',
  messageId: 'ä'.repeat(127),
  timestamp: 253_402_300_799n,
  type: 'kind',
  userId: 'guest',
  appId: 'amqpspec',
};

/** Deliveries that are unusual and legal. */
export const lawfulContentCases = [
  lawful('content/octet-frames', {
    title: 'A body of one octet a frame is put together',
    duties: ['amqp091/4.2.6.2.body-frames:client-emit'],
    ...carrying({}, ...Array.from({ length: 300 }, (_, at) => octets(1, at % 256))),
  }),
  lawful('content/empty-frames', {
    title: 'Empty frames among those of a body are passed over',
    duties: ['amqp091/4.2.6.2.body-frames:client-emit'],
    ...carrying({}, empty, octets(2), empty, empty, octets(2)),
  }),
  lawful('content/empty', {
    title: 'A content without a body has no body frame, and is taken',
    duties: ['amqp091/4.2.6.1.body-size:client-emit'],
    ...carrying({}),
  }),
  lawful('content/large', {
    title: 'A body of a million octets is put together',
    duties: ['amqp091/4.2.6.2.body-frames:client-emit'],
    ...delivery((content, frameMax) => {
      const size = Math.min(frameMax, 131_072) - 8;
      return bearing(content, {}, ...Array.from({ length: Math.ceil(million / size) }, (_, at) => octets(Math.min(size, million - at * size))));
    }),
  }),
  lawful('content/full-frame', {
    title: 'A body frame as large as frame-max allows is taken',
    duties: ['amqp091/2.3.5.frame-size:client-emit'],
    ...delivery((content, frameMax) => bearing(content, {}, octets(Math.min(frameMax, million) - 8))),
  }),
  lawful('content/opaque', {
    title: 'A body full of frame-ends is as any other',
    duties: ['amqp091/4.2.6.2.opaque:client-emit'],
    ...carrying({}, octets(500, 0xce)),
  }),
  lawful('content/interleaved', {
    title: 'Frames of other channels between those of a content are no part of it',
    duties: ['amqp091/4.2.6.interleaving:client-emit'],
    ...delivery(content => {
      const heartbeat = encodeFrame({ type: 'heartbeat', channel: 0 });
      return bearing(content, {}, octets(2), octets(2)).flatMap(bytes => [bytes, heartbeat]);
    }),
  }),
  lawful('content/every-property', {
    title: 'A message with every property, as long as they may be, is taken',
    duties: ['amqp091/4.2.6.1.property-flags:client-emit', 'amqp091/4.2.5.3.short-string-length:client-emit'],
    ...carrying(everyProperty, octets(3)),
  }),
  lawful('content/headers/every-type', {
    title: 'Headers with a value of every type are taken',
    duties: ['amqp091/4.2.5.5.field-types:client-emit', 'amqp091/4.2.5.5.array:client-emit', 'amqp091/4.2.5.5.decimal:client-emit'],
    ...carrying({ headers: everyType }, octets(3)),
  }),
  lawful('content/headers/nested', {
    title: 'Headers with tables in tables, 20 deep, are taken',
    duties: ['amqp091/4.2.5.5.nesting:client-emit'],
    ...carrying({ headers: nested(20) }, octets(3)),
  }),
  lawful('content/headers/empty', {
    title: 'An empty table of headers is taken',
    duties: ['amqp091/4.2.5.5.field-types:client-emit'],
    ...carrying({ headers: [] }, octets(3)),
  }),
  lawful('content/timestamp', {
    title: 'A timestamp beyond 32 bits is taken',
    duties: ['amqp091/4.2.5.4.timestamp:client-emit'],
    ...carrying({ timestamp: 0x1_0000_0001n }, octets(3)),
  }),
  lawful('content/returned', {
    title: 'A message that comes back as unroutable is taken',
    duties: ['amqp091/4.2.6.sequence:client-emit'],
    needs: 'publish',
    departs: returned,
  }),
];

const byCode = { replyCode: 312, replyText: 'NO_ROUTE', exchange: '', routingKey: 'nowhere' } as const;

/** Behind the first whole publish of a client: a return on its channel, at the next frame that the server sends there. */
function returned(scene: Parameters<CaseSpec['departs']>[0]): ReturnType<CaseSpec['departs']> {
  let done = false;
  return (passing, at) => {
    if (done || passing.direction !== 'to-client' || passing.what !== 'frame' || passing.frame.type !== 'method') return 'pass';
    if (at.content('to-client', passing.channel) !== undefined || at.method('to-server', passing.channel)?.name !== 'basic.publish') return 'pass';
    const { channel } = passing;
    done = true;
    scene.departed();
    const header = encodeFrame({ type: 'header', channel, header: contentHeader({ bodySize: 3n, properties: {} }) });
    return {
      send: [joined(encodeFrame({ type: 'method', channel, method: method('basic.return', byCode) }), header, body(channel, octets(3))), passing.bytes],
    };
  };
}
