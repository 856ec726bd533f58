import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import { contentHeader, encodeFrame, type Frame, method } from '../../wire/amqp091/codec.ts';
import { contentHeaderOf, frameOfType, joined, trailing, truncatedPayload, wrongFrameEnd } from '../../wire/amqp091/craft.ts';
import { anyReaction, breach, type CaseSpec, type ContentPassing, inPlaceOf, lawful } from './case-kit.ts';
import { brokenTableNames, brokenTables, brokenTableWords, everyType, nested } from './tables.ts';

/** What goes out in place of the first delivery. */
const delivery = (pieces: (content: ContentPassing, frameMax: number) => readonly (Frame | Uint8Array)[]): Pick<CaseSpec, 'needs' | 'departs'> => ({
  needs: 'consume',
  departs: inPlaceOf('basic.deliver', (content, { frameMax }) => ({ send: pieces(content, frameMax) })),
});

const whole = ({ method: deliver, header, bodies }: ContentPassing): readonly Uint8Array[] => [
  deliver.bytes,
  header.bytes,
  ...bodies.map(({ bytes }) => bytes),
];

const body = (channel: number, payload: Uint8Array): Uint8Array => encodeFrame({ type: 'body', channel, payload });

/** The same delivery with another header and body. */
function bearing({ channel, method: deliver }: ContentPassing, properties: BasicProperties, ...payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  const bodySize = payloads.reduce((sum, payload) => sum + BigInt(payload.length), 0n);
  const header = encodeFrame({ type: 'header', channel, header: contentHeader({ bodySize, properties }) });
  return [deliver.bytes, header, ...payloads.map(payload => body(channel, payload))];
}

const carrying = (properties: BasicProperties, ...payloads: readonly Uint8Array[]): Pick<CaseSpec, 'needs' | 'departs'> =>
  delivery(content => bearing(content, properties, ...payloads));

const octets = (size: number, value = 0x61): Uint8Array => new Uint8Array(size).fill(value);
const empty = octets(0);
/** Flag of the third property, headers. */
const headersFlag = 0x2000;
const contentTypeFlag = 0x8000;
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

const malformed = brokenTableNames.map(name =>
  breach(`content/headers/${name}`, {
    title: `Headers with ${brokenTableWords[name]} make the client close the connection with 501 or 502`,
    duties: [`amqp091/4.2.5.5.${name}:client-enforce`],
    legal: [{ kind: 'closes', scope: 'connection', codes: ['501', '502', '505'] }],
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, contentHeaderOf(channel, { flags: [headersFlag], list: brokenTables[name] })]),
  }),
);

/** Deliveries whose frames are out of place, or whose header is wrong. */
export const brokenContentCases = [
  breach('content/header-missing', {
    title: 'A delivery followed by another method makes the client close the connection with 505',
    duties: ['amqp091/4.2.6.header-missing:client-enforce'],
    ...delivery(content => [content.method.bytes, ...whole(content)]),
  }),
  breach('content/body-missing', {
    title: 'A method before the whole body came makes the client close the connection with 505, or ends the content',
    duties: ['amqp091/4.2.6.body-missing:client-enforce'],
    ...delivery(content => [content.method.bytes, content.header.bytes, ...whole(content)]),
  }),
  breach('content/unexpected-header', {
    title: 'A header behind no method makes the client close the connection with 505',
    duties: ['amqp091/4.2.6.unexpected-header:client-enforce'],
    ...delivery(content => [content.header.bytes, ...whole(content)]),
  }),
  breach('content/second-header', {
    title: 'A second header in one content makes the client close the connection with 505',
    duties: ['amqp091/4.2.6.unexpected-header:client-enforce'],
    ...delivery(({ method: deliver, header }) => [deliver.bytes, header.bytes, header.bytes]),
  }),
  breach('content/unexpected-body', {
    title: 'A body behind no method makes the client close the connection with 505',
    duties: ['amqp091/4.2.6.unexpected-body:client-enforce'],
    ...delivery(content => [body(content.channel, octets(3)), ...whole(content)]),
  }),
  breach('content/body-before-header', {
    title: 'A body in place of the header makes the client close the connection with 505',
    duties: ['amqp091/4.2.6.unexpected-body:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, body(channel, octets(3))]),
  }),
  breach('content/header-short', {
    title: 'A content header of four octets makes the client close the connection',
    duties: ['amqp091/4.2.6.1.content-header:client-enforce'],
    ...delivery(({ method: deliver, header }) => [deliver.bytes, truncatedPayload(header.bytes, 4)]),
  }),
  breach('content/class', {
    title: 'A content header of another class than its method makes the client close the connection with 501 or 505',
    duties: ['amqp091/4.2.6.1.class-id:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, contentHeaderOf(channel, { classId: 50, bodySize: 3n }), body(channel, octets(3))]),
  }),
  breach('content/weight', {
    title: 'A content header with a weight brings nobody down',
    duties: ['amqp091/4.2.6.1.weight:client-emit'],
    legal: anyReaction,
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, contentHeaderOf(channel, { weight: 7, bodySize: 3n }), body(channel, octets(3))]),
  }),
  breach('content/body-too-long', {
    title: 'A body longer than its header says makes the client close the connection with 505',
    duties: ['amqp091/4.2.6.1.body-size:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, contentHeaderOf(channel, { bodySize: 3n }), body(channel, octets(4))]),
  }),
  breach('content/flags', {
    title: 'A flag for a property that there is not makes the client close the connection',
    duties: ['amqp091/4.2.6.1.property-flags:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, contentHeaderOf(channel, { bodySize: 3n, flags: [2] }), body(channel, octets(3))]),
  }),
  breach('content/properties-truncated', {
    title: 'A property list that ends early makes the client close the connection',
    duties: ['amqp091/4.2.6.1.property-list:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [
      deliver.bytes,
      contentHeaderOf(channel, { bodySize: 3n, flags: [contentTypeFlag], list: Uint8Array.of(200, 0x61) }),
      body(channel, octets(3)),
    ]),
  }),
  breach('content/properties-trailing', {
    title: 'A property list that ends late makes the client close the connection',
    duties: ['amqp091/4.2.6.1.property-list:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [
      deliver.bytes,
      trailing(contentHeaderOf(channel, { bodySize: 3n, flags: [contentTypeFlag], list: Uint8Array.of(1, 0x61) }), octets(5)),
      body(channel, octets(3)),
    ]),
  }),
  breach('content/frame-end', {
    title: 'A body frame that does not end with CE makes the client close the socket',
    duties: ['amqp091/4.2.3.frame-end:client-enforce'],
    ...delivery(({ channel, method: deliver }) => [deliver.bytes, contentHeaderOf(channel, { bodySize: 3n }), wrongFrameEnd(body(channel, octets(3)))]),
  }),
  breach('content/frame-max', {
    title: 'A body frame larger than the agreed frame-max makes the client close the connection with 501',
    duties: ['amqp091/4.2.3.frame-max:client-enforce'],
    ...delivery(({ channel, method: deliver }, frameMax) => [
      deliver.bytes,
      contentHeaderOf(channel, { bodySize: BigInt(frameMax) }),
      frameOfType(3, channel, octets(frameMax)),
    ]),
  }),
  breach('content/promise', {
    title: 'A header that promises 4 EiB takes no memory before they come',
    duties: ['amqp091/4.2.6.1.body-size:client-emit'],
    legal: anyReaction,
    needs: 'consume',
    departs: scene => {
      let promised: number | undefined;
      const filter = inPlaceOf('basic.deliver', ({ channel, method: deliver }) => {
        promised = channel;
        return { send: [deliver.bytes, contentHeaderOf(channel, { bodySize: 2n ** 62n }), body(channel, octets(100))] };
      })(scene);
      return (passing, at) => (promised !== undefined && passing.direction === 'to-client' && passing.channel === promised ? {} : filter(passing, at));
    },
  }),
  ...malformed,
];

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
