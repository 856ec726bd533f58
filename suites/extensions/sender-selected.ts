import { type Check, check } from '../../harness/check/check.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable, FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { fieldValue } from '../../harness/wire/amqp091/codec.ts';
import { requireTexts, takeAll, textOf } from '../amqp091/observations.ts';

const keys = (...names: readonly string[]): FieldValue => ({ type: 'array', value: names.map(text) });

function text(name: string): FieldValue {
  return { type: 'long-string', value: new TextEncoder().encode(name) };
}

/** A channel of a server that sends copies at all: no capability tells, so that it is tried. */
async function copying(peer: Peer): Promise<ProbeChannel> {
  const channel = await peer.channel();
  const queue = await channel.queue();
  channel.publish({ routingKey: peer.name('nobody'), properties: { headers: [['CC', keys(queue)]] }, body: 'tried', mandatory: true });
  await channel.barrier();
  const returned = channel.taken().some(seen => seen.kind === 'method' && seen.method.name === 'basic.return');
  if (returned) peer.unsupported('The server returns a message that only a key in its header CC leads anywhere.');
  const [tried] = await takeAll(peer, channel, queue, 1);
  peer.require(tried !== undefined && textOf(tried) === 'tried', 'The message that was copied came changed.');
  return channel;
}

async function queues(channel: ProbeChannel, count: number): Promise<readonly string[]> {
  const made: string[] = [];
  while (made.length < count) made.push(await channel.queue());
  return made;
}

/** Takes the one message of each queue, and fails where there is none or more. */
async function oneEach(peer: Peer, channel: ProbeChannel, from: readonly string[]): Promise<readonly Arrival[]> {
  const came: Arrival[] = [];
  for (const queue of from) {
    const all = await takeAll(peer, channel, queue, 1);
    requireTexts(peer, all.map(textOf), ['x'], 'Messages in a queue of the keys');
    came.push(...all);
  }
  return came;
}

/** A message whose headers CC and BCC are none goes nowhere. */
function malformed(slug: string, title: string, headers: FieldTable): Check {
  return check(`amqp091/sender-selected/${slug}`, {
    title,
    duties: ['amqp091/sender-selected.types:enforce'],
    departs: true,
    async run(peer) {
      const channel = await copying(peer);
      channel.publish({ routingKey: await channel.queue(), properties: { headers }, body: 'x' });
      await channel.answersTo('amqp091/sender-selected.types:enforce');
    },
  });
}

/** Extension: a sender chooses further destinations by the headers CC and BCC. */
export const senderSelectedChecks: readonly Check[] = [
  check('amqp091/sender-selected/cc-and-bcc', {
    title: 'A message goes to the queues of its routing key and of all keys in CC and BCC',
    duties: ['amqp091/sender-selected.keys:emit'],
    async run(peer) {
      const channel = await copying(peer);
      const [main = '', one = '', two = '', three = '', four = ''] = await queues(channel, 5);
      const headers: FieldTable = [
        ['CC', keys(one, two)],
        ['BCC', keys(three, four)],
      ];
      channel.publish({ routingKey: main, properties: { headers }, body: 'x' });
      await oneEach(peer, channel, [main, one, two, three, four]);
    },
  }),
  check('amqp091/sender-selected/once', {
    title: 'A queue that several keys lead to gets the message once',
    duties: ['amqp091/sender-selected.keys:emit'],
    async run(peer) {
      const channel = await copying(peer);
      const [main = '', other = ''] = await queues(channel, 2);
      const headers: FieldTable = [
        ['CC', keys(main, other, other)],
        ['BCC', keys(main)],
      ];
      channel.publish({ routingKey: main, properties: { headers }, body: 'x' });
      await oneEach(peer, channel, [main, other]);
    },
  }),
  check('amqp091/sender-selected/topic', {
    title: 'Each key in CC is matched by the patterns of a topic exchange',
    duties: ['amqp091/sender-selected.keys:emit'],
    async run(peer: Peer) {
      const channel = await copying(peer);
      const [one = '', two = '', none = ''] = await queues(channel, 3);
      const exchange = await channel.exchange('topic');
      await channel.bind(one, exchange, 'order.*');
      await channel.bind(two, exchange, '#.late');
      await channel.bind(none, exchange, 'cancelled');
      channel.publish({ exchange, routingKey: 'order.new', properties: { headers: [['CC', keys('bill.sent.late', 'reminder')]] }, body: 'x' });
      await oneEach(peer, channel, [one, two]);
      peer.require((await channel.get(none)) === null, 'A queue got the message that none of its keys leads to.');
    },
  }),
  check('amqp091/sender-selected/key-of-delivery', {
    title: 'Every copy is delivered with the routing key that the message was published with, and keeps CC',
    duties: ['amqp091/sender-selected.blind:emit', 'amqp091/basic.get-ok.origin:emit'],
    async run(peer: Peer) {
      const channel = await copying(peer);
      const [main = '', copy = ''] = await queues(channel, 2);
      channel.publish({ routingKey: main, properties: { headers: [['CC', keys(copy)]], messageId: 'm1' }, body: 'x' });
      for (const { method, properties } of (await oneEach(peer, channel, [main, copy])) as readonly Arrival<'basic.get-ok'>[]) {
        peer.require(method.args.routingKey === main, `A copy bears the routing key ${method.args.routingKey}.`, 'amqp091/basic.get-ok.origin:emit');
        const cc = fieldValue(properties.headers ?? [], 'CC');
        const kept = cc?.type === 'array' && cc.value.length === 1 && properties.messageId === 'm1';
        peer.require(kept, 'A copy lost its header CC or another property.');
      }
    },
  }),
  check('amqp091/sender-selected/bcc-removed', {
    title: 'No receiver sees the header BCC, and each sees the other headers and properties',
    duties: ['amqp091/sender-selected.blind:emit'],
    async run(peer: Peer) {
      const channel = await copying(peer);
      const [main = '', copy = ''] = await queues(channel, 2);
      const headers: FieldTable = [
        ['before', text('kept')],
        ['BCC', keys(copy)],
        ['behind', text('kept')],
      ];
      channel.publish({ routingKey: main, properties: { headers, messageId: 'm1', priority: 3 }, body: 'x' });
      for (const { properties } of await oneEach(peer, channel, [main, copy])) {
        const names = (properties.headers ?? []).map(([name]) => name);
        peer.require(!names.includes('BCC'), 'A receiver sees the header BCC.');
        const kept = names.includes('before') && names.includes('behind') && properties.messageId === 'm1' && properties.priority === 3;
        peer.require(kept, 'More than the header BCC is gone from the message.');
      }
    },
  }),
  check('amqp091/sender-selected/other-case', {
    title: 'Headers called cc and bcc are headers like any other',
    duties: ['amqp091/sender-selected.keys:emit'],
    async run(peer: Peer) {
      const channel = await copying(peer);
      const [main = '', other = ''] = await queues(channel, 2);
      const headers: FieldTable = [
        ['cc', keys(other)],
        ['bcc', keys(other)],
      ];
      channel.publish({ routingKey: main, properties: { headers }, body: 'x' });
      await oneEach(peer, channel, [main]);
      peer.require((await channel.get(other)) === null, 'A header that is not called CC or BCC led to a queue.');
    },
  }),
  malformed('cc-of-text', 'A header CC that is a string and no array is precondition-failed', [['CC', text('queue')]]),
  malformed('bcc-of-number', 'A header BCC that is a number and no array is precondition-failed', [['BCC', { type: 'long-int', value: 1 }]]),
  check('amqp091/sender-selected/mandatory', {
    title: 'A mandatory message comes back when none of its keys leads anywhere, and not when one in BCC does',
    duties: ['amqp091/sender-selected.keys:emit', 'amqp091/basic.publish.mandatory:emit'],
    async run(peer) {
      const channel = await copying(peer);
      const [copy = ''] = await queues(channel, 1);
      const nowhere = peer.name('nobody');
      channel.publish({ routingKey: nowhere, mandatory: true, properties: { headers: [['BCC', keys(copy)]] }, body: 'x' });
      await oneEach(peer, channel, [copy]);
      await channel.barrier(['basic.return']);
      channel.publish({ routingKey: nowhere, mandatory: true, properties: { headers: [['CC', keys(nowhere)]] }, body: 'x' });
      await channel.arrival('basic.return');
    },
  }),
];
