import { contentHeaderOf, frameOfType, trailing, truncatedPayload, wrongFrameEnd } from '../../wire/amqp091/craft.ts';
import { anyReaction, breach, inPlaceOf } from './case-kit.ts';
import { body, delivery, octets, whole } from './delivery-kit.ts';
import { brokenTableNames, brokenTables, brokenTableWords } from './tables.ts';

/** Flag of the third property, headers. */
const headersFlag = 0x2000;
const contentTypeFlag = 0x8000;

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
