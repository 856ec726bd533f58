import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import { frameOverhead } from '../../harness/spec/amqp091/constants.ts';
import { plain } from '../../harness/wire/amqp091/field-table.ts';
import { smallFrames, takeAll, textOf } from './observations.ts';

const octets = (count: number) => Uint8Array.from({ length: count }, (_, index) => (index * 31) % 251);

/** Every property that a broker takes no interest in, the user's identity apart; field types are those that have one octet in all tag dialects. */
const everyProperty = {
  contentType: 'application/octet-stream',
  contentEncoding: 'identity',
  headers: [
    ['flag', { type: 'boolean', value: true }],
    ['small', { type: 'short-short-int', value: -7 }],
    ['number', { type: 'long-int', value: -70_000 }],
    ['ratio', { type: 'double', value: 0.125 }],
    ['text', { type: 'long-string', value: new TextEncoder().encode('Grüße') }],
    ['moment', { type: 'timestamp', value: 1_234_567_890n }],
    ['nothing', { type: 'void', value: null }],
    ['nested', { type: 'table', value: [['inner', { type: 'boolean', value: false }]] }],
  ],
  deliveryMode: 1,
  priority: 4,
  correlationId: 'correlation 1',
  replyTo: 'somewhere',
  messageId: 'message 1',
  timestamp: 1_700_000_000n,
  type: 'kind',
  appId: 'amqpspec',
} as const satisfies BasicProperties;

/** A text that is equal for equal values: tables in order of names, octets in hexadecimal. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => `${key}:${canonical(inner)}`)
      .join()}}`;
  return JSON.stringify(value);
}

async function requireBodies(peer: Peer, bodies: readonly Uint8Array[]): Promise<void> {
  await requireBodiesOn(peer, await peer.channel(), bodies);
}

/** Publishes messages with these bodies and fails unless they come out of the queue octet by octet as they were. */
async function requireBodiesOn(peer: Peer, channel: ProbeChannel, bodies: readonly Uint8Array[]): Promise<void> {
  const queue = await channel.queue();
  for (const body of bodies) channel.publish({ routingKey: queue, body });
  const came = await takeAll(peer, channel, queue, bodies.length);
  bodies.forEach((body, index) => {
    const arrived = came[index]?.body ?? new Uint8Array();
    peer.require(Buffer.compare(arrived, body) === 0, `A body of ${body.length} octets arrived changed, with ${arrived.length} octets.`);
  });
}

/** Class basic, methods publish and return, and what section 3.1.1 says of the message on its way. */
export const publishChecks = [
  check('amqp091/publish/content/every-property', {
    title: 'Every property of a message arrives as it was sent',
    duties: ['amqp091/3.1.1.properties-intact:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      channel.publish({ routingKey: queue, properties: everyProperty, body: 'x' });
      const [message] = await takeAll(peer, channel, queue, 1);
      const came = { ...message?.properties };
      const { headers: sentHeaders, ...sent } = everyProperty;
      const arrived = Object.fromEntries(Object.keys(sent).map(name => [name, came[name as keyof typeof came]]));
      peer.require(canonical(arrived) === canonical(sent), `The properties arrived as ${canonical(arrived)}.`);
      const kept = plain(came.headers ?? []);
      const missing = Object.entries(plain(sentHeaders)).filter(([name, value]) => canonical(kept[name]) !== canonical(value));
      peer.require(missing.length === 0, `The headers ${missing.map(([name]) => name).join(', ')} did not arrive as they were sent.`);
    },
  }),
  check('amqp091/publish/content/no-property', {
    title: 'A message without properties arrives with its body intact',
    duties: ['amqp091/3.1.1.body-intact:emit'],
    run: peer => requireBodies(peer, [octets(256)]),
  }),
  check('amqp091/publish/content/empty-body', {
    title: 'Messages with an empty body are delivered, also between others',
    duties: ['amqp091/3.1.1.body-intact:emit'],
    run: peer => requireBodies(peer, [octets(0), octets(3), octets(0)]),
  }),
  check('amqp091/publish/content/frame-boundary', {
    title: 'Bodies that fill one frame, nearly one, a little more than one, and several arrive intact',
    duties: ['amqp091/3.1.1.body-intact:emit'],
    async run(peer) {
      const channel = await smallFrames(peer);
      const most = channel.connection.limits.frameMax - frameOverhead;
      await requireBodiesOn(peer, channel, [most - 1, most, most + 1, 2 * most, 5 * most - 7].map(octets));
    },
  }),
  check('amqp091/publish/content/large-body', {
    title: 'A body of one mebibyte arrives intact',
    duties: ['amqp091/3.1.1.body-intact:emit'],
    worstMs: 2000,
    departs: true,
    run: peer => requireBodies(peer, [octets(1_048_576)]),
  }),
  check('amqp091/publish/exchange/missing', {
    title: 'Publishing to an exchange that does not exist is not-found',
    duties: ['amqp091/basic.publish.exchange-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.publish({ exchange: peer.name(), routingKey: 'key', body: 'x' });
      await channel.answersTo('amqp091/basic.publish.exchange-exists:enforce');
    },
  }),
  check('amqp091/publish/unroutable/dropped', {
    title: 'A message that no queue takes is dropped in silence, and the channel goes on',
    duties: ['amqp091/basic.publish.unroutable:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      channel.publish({ exchange, routingKey: 'nobody', body: 'dropped' });
      await channel.barrier(['basic.return']);
      channel.publish({ routingKey: queue, body: 'kept' });
      await takeAll(peer, channel, queue, 1);
    },
  }),
  check('amqp091/publish/mandatory/returned', {
    title: 'A mandatory message that no queue takes comes back as no-route',
    duties: ['amqp091/basic.publish.mandatory:emit', 'amqp091/basic.return.no-route:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      channel.publish({ exchange, routingKey: 'nobody', mandatory: true, body: 'back' });
      const { method } = await channel.arrival('basic.return');
      peer.require(method.args.replyCode === 312, `The return says ${method.args.replyCode}.`, 'amqp091/basic.return.no-route:emit');
    },
  }),
  check('amqp091/publish/mandatory/content', {
    title: 'A returned message carries exchange, routing key, properties and body as published',
    duties: ['amqp091/basic.return.content:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const exchange = await channel.exchange('direct');
      channel.publish({ exchange, routingKey: 'no.body', mandatory: true, properties: { messageId: 'm1', type: 'kind' }, body: 'back again' });
      const back = await channel.arrival('basic.return');
      const { exchange: from, routingKey } = back.method.args;
      peer.require(from === exchange && routingKey === 'no.body', 'The return names another exchange or routing key than the message was published with.');
      const { messageId, type } = back.properties;
      peer.require(messageId === 'm1' && type === 'kind', `The properties came back as ${canonical(back.properties)}.`);
      peer.require(textOf(back) === 'back again', 'The body came back changed.');
    },
  }),
  check('amqp091/publish/mandatory/default-exchange', {
    title: 'A mandatory message to the default exchange comes back when no queue has its name',
    duties: ['amqp091/basic.publish.mandatory:emit'],
    async run(peer) {
      const channel = await peer.channel();
      channel.publish({ routingKey: peer.name('nobody'), mandatory: true });
      await channel.arrival('basic.return');
    },
  }),
  check('amqp091/publish/mandatory/routed', {
    title: 'A mandatory message that a queue takes does not come back',
    duties: ['amqp091/basic.publish.mandatory:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      channel.publish({ routingKey: queue, mandatory: true, body: 'kept' });
      await takeAll(peer, channel, queue, 1);
      await channel.barrier(['basic.return']);
    },
  }),
];
