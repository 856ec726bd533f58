import { check } from '../../harness/check/check.ts';
import type { Arrival, Peer } from '../../harness/probe/peer.ts';
import { encodeMessage, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { fieldTable, fieldValue } from '../../harness/wire/amqp091/field-table.ts';
import { deliveries, numbered, queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { carried, crossing, receiverOf, senderOf, textIn, to10, to091 } from './crossing.ts';
import { bodyOf, dataOf, messageOf, requireSame, sendTo, text } from './passage.ts';

const sameQueue = 'amqp10/conversion.same-queue:emit';
const native = 'amqp10/conversion.native-form:emit';

/** One queue and two protocols: what both standards imply together. */
export const crossQueueChecks = [
  check('amqp10/cross/order/to-10', {
    title: 'Messages that 0-9-1 publishes on one channel come to a receiver of 1.0 in their order',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const receiver = await receiverOf(x, 20);
      for (const body of numbered(20)) x.channel.publish({ routingKey: x.queue, body });
      const came: string[] = [];
      while (came.length < 20) came.push(textIn(await receiver.receive()));
      requireTexts(peer, came, numbered(20), 'Messages as they came');
    },
  }),
  check('amqp10/cross/order/to-091', {
    title: 'Messages that 1.0 sends over one link come to a consumer of 0-9-1 in their order',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.consume(x.queue, { noAck: true });
      const sender = await senderOf(x);
      for (const body of numbered(20)) await sender.deliver(bodyOf(body));
      requireTexts(peer, (await deliveries(x.channel, 20)).map(textOf), numbered(20), 'Messages as they came');
    },
  }),
  ...(['10', '091'] as const).map(by =>
    check(`amqp10/cross/order/mixed/by-${by}`, {
      title: `Messages that came to a queue by turns from either protocol leave it by ${by === '10' ? '1.0' : '0-9-1'} in one order`,
      duties: [sameQueue],
      crosses: true,
      optional: true,
      async run(peer: Peer) {
        const x = await crossing(peer);
        const sender = await senderOf(x);
        await x.channel.call('confirm.select', {}, 'confirm.select-ok');
        for (const body of numbered(10)) {
          if (Number(body) % 2 === 0) await sendTo(peer, sender, { header: { durable: false }, ...bodyOf(body) });
          else {
            x.channel.publish({ routingKey: x.queue, body });
            await x.channel.expect('basic.ack');
          }
        }
        const came: string[] = [];
        if (by === '10') {
          const receiver = await receiverOf(x);
          while (came.length < 10) came.push(textIn(await receiver.receive()));
        } else {
          await x.channel.consume(x.queue, { noAck: true });
          came.push(...(await deliveries(x.channel, 10)).map(textOf));
        }
        requireTexts(peer, came, numbered(10), 'Messages as they came');
      },
    }),
  ),
  check('amqp10/cross/competing', {
    title: 'A consumer of 0-9-1 and a receiver of 1.0 share the messages of a queue, each of which goes to one of them',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const other = await peer.channel();
      await other.consume(x.queue, { noAck: true });
      const receiver = await receiverOf(x, 100);
      const sender = await senderOf(x);
      for (const body of numbered(20)) await sendTo(peer, sender, bodyOf(body));
      const came: string[] = [];
      await peer.eventually('all messages come to one or the other', async () => {
        await receiver.barrier();
        await other.barrier();
        came.push(
          ...x.session.connection.taken().flatMap(seen => (seen.kind === 'frame' && seen.performative.type === 'transfer' ? [bodyIn(seen.payload)] : [])),
        );
        came.push(...other.taken().flatMap(seen => (seen.kind === 'method' && seen.arrival !== undefined ? [textOf(seen.arrival as Arrival)] : [])));
        return came.length >= 20;
      });
      requireTexts(
        peer,
        came.toSorted((one, two) => Number(one) - Number(two)),
        numbered(20),
        'Messages that came to either',
      );
    },
  }),
  check('amqp10/cross/counted', {
    title: 'A passive declare of 0-9-1 counts the messages that 1.0 sent, and no more those that 1.0 accepted',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const sender = await senderOf(x);
      for (const body of numbered(3)) await sendTo(peer, sender, bodyOf(body));
      await queueHolds(peer, x.channel, x.queue, 3);
      const receiver = await receiverOf(x, 2);
      for (const _ of numbered(2)) (await receiver.receive()).accept();
      await receiver.barrier();
      await queueHolds(peer, x.channel, x.queue, 1);
    },
  }),
  check('amqp10/cross/purged', {
    title: 'What 0-9-1 purges is gone for receivers of 1.0',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const sender = await senderOf(x);
      for (const body of numbered(3)) await sendTo(peer, sender, bodyOf(body));
      const { args } = await x.channel.call('queue.purge', { queue: x.queue }, 'queue.purge-ok');
      peer.require(args.messageCount === 3, `The purge told of ${args.messageCount} messages, where 1.0 had sent 3.`);
      await sendTo(peer, sender, bodyOf('later'));
      const came = textIn(await (await receiverOf(x)).receive());
      peer.require(came === 'later', `Expected the message that was sent after the purge, got ${came}.`);
    },
  }),
  check('amqp10/cross/one-link-each', {
    title: 'A message that a receiver of 1.0 holds is not there for get of 0-9-1',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const receiver = await receiverOf(x, 1);
      await sendTo(peer, await senderOf(x), bodyOf('held'));
      const held = await receiver.receive();
      const found = await x.channel.get(x.queue);
      peer.require(found === null, 'A message came by 0-9-1 that a receiver of 1.0 held.');
      held.accept();
    },
  }),
  check('amqp10/cross/headers/complex', {
    title: 'A message of 0-9-1 whose headers are arrays and tables comes to 1.0 with its body, whatever becomes of them',
    duties: [sameQueue],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const headers = fieldTable({ list: [1, 'two'], table: { n: 1, deep: { m: [null] } } });
      const came = textIn(await to10(x, await receiverOf(x), { headers }, 'complex'));
      peer.require(came === 'complex', `Expected the message, got ${came}.`);
    },
  }),
  check('amqp10/cross/native/10', {
    title: 'A message of 1.0 that a consumer of 0-9-1 had and gave back comes to 1.0 with its bare message octet by octet',
    duties: [native],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const sent: MessageDraft = {
        messageAnnotations: [['x-opt-note', text('kept')]],
        properties: { messageId: { type: 'ulong', value: 7n }, subject: 'native', groupSequence: 3 },
        applicationProperties: [['number', { type: 'uint', value: 7 }]],
        body: { type: 'amqp-sequence', value: [[text('a')], [text('b')]] },
      };
      await x.channel.consume(x.queue);
      const { method } = await to091(peer, x, await senderOf(x), sent);
      await x.channel.call('basic.cancel', { consumerTag: method.args.consumerTag }, 'basic.cancel-ok');
      x.channel.send('basic.reject', { deliveryTag: method.args.deliveryTag, requeue: true });
      const { payload, message } = await (await receiverOf(x)).receive();
      const [before, behind] = [messageOf(encodeMessage(sent)).bare, messageOf(payload).bare];
      peer.require(Buffer.compare(before, behind) === 0, `A bare message of ${before.length} octets came as ${behind.length} octets, or as others.`);
      peer.require(message.messageAnnotations?.some(([key]) => key === 'x-opt-note') === true, 'The message came without its annotation.');
    },
  }),
  check('amqp10/cross/native/091', {
    title: 'A message of 0-9-1 that a receiver of 1.0 had and gave back comes to 0-9-1 with its properties and body',
    duties: [native],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const headers = fieldTable({ number: 1, text: 'two', flag: true });
      const sent = { contentType: 'application/x-amqpspec', messageId: 'm', correlationId: 'c', timestamp: 12n, type: 'kind', appId: 'app', priority: 3 };
      const receiver = await receiverOf(x, 1);
      (await to10(x, receiver, { ...sent, headers }, 'native')).release();
      await receiver.detach();
      const [found] = await takeAll(peer, x.channel, x.queue, 1);
      peer.require(found !== undefined && textOf(found) === 'native', 'The body came otherwise than it was published.');
      for (const [name, value] of Object.entries(sent)) {
        const came = found.properties[name as keyof typeof sent];
        peer.require(json(came) === json(value), `The property ${name} came otherwise than it was published.`);
      }
      for (const [name, value] of headers) {
        const came = fieldValue(found.properties.headers ?? [], name);
        peer.require(json(came) === json(value), `The header ${name} came otherwise than it was published.`);
      }
    },
  }),
  check('amqp10/cross/native/mixed', {
    title: 'Messages of both protocols in one queue each come by their own as they were',
    duties: [native],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      x.channel.publish({ routingKey: x.queue, body: 'from 0-9-1', properties: { type: 'kind' } });
      await queueHolds(peer, x.channel, x.queue, 1);
      const sent: MessageDraft = { body: dataOf('from', ' 1.0'), properties: { subject: 's' } };
      await sendTo(peer, await senderOf(x), sent);
      const first = await x.channel.get(x.queue, { noAck: true });
      peer.require(
        first !== null && textOf(first) === 'from 0-9-1' && first.properties.type === 'kind',
        'The message of 0-9-1 came otherwise than it was published.',
      );
      const { message } = await (await receiverOf(x)).receive();
      requireSame(peer, sent, message, 'body');
      requireSame(peer, sent, message, 'properties');
    },
  }),
];

function bodyIn(payload: Uint8Array): string {
  return Buffer.from(carried(messageOf(payload)) ?? []).toString();
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each instanceof Uint8Array ? [...each] : each));
}
