import { check } from '../../harness/check/check.ts';
import type { Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { bodyOf, passage, passed, passedBy, sendTo } from './passage.ts';

const defaults = 'amqp10/3.2.1.header-defaults:emit';
const kept = 'amqp10/3.2.1.durable-kept:emit';
const expiry = 'amqp10/3.2.1.ttl:emit';
const firstAcquirer = 'amqp10/3.2.1.first-acquirer:emit';
const deliveryCount = 'amqp10/3.2.1.delivery-count:emit';

const lifeMs = 40;
const longMs = 600_000;

/** Fails unless a header says what no header says. */
function requireDefaults(peer: Peer, { header }: { readonly header?: MessageDraft['header'] }): void {
  const { durable = false, priority = 4, ttl, deliveryCount: failures = 0 } = header ?? {};
  peer.require(!durable, 'The message came as durable.');
  peer.require(priority === 4, `The message came with priority ${priority}.`);
  peer.require(ttl === undefined, 'The message came with a ttl.');
  peer.require(failures === 0, `The message came with a delivery-count of ${failures}.`);
}

/** Sends messages of these priorities, in this order, each with its priority and number for a body. */
async function sendAll(peer: Peer, sender: Sender10, priorities: readonly number[]): Promise<void> {
  for (const [at, priority] of priorities.entries()) await sendTo(peer, sender, { header: { priority }, ...bodyOf(`${priority} ${at}`) });
}

/** Headers: section 3.2.1. */
export const messageHeader10Checks = [
  check('amqp10/message/header/absent', {
    title: 'A message without a header comes as not durable, of priority 4, without ttl and with delivery-count 0',
    duties: [defaults],
    async run(peer: Peer) {
      requireDefaults(peer, (await passedBy(peer, bodyOf('plain'))).message);
    },
  }),
  check('amqp10/message/header/empty', {
    title: 'A header without fields says the same as none',
    duties: [defaults],
    async run(peer: Peer) {
      requireDefaults(peer, (await passedBy(peer, { header: {}, ...bodyOf('plain') })).message);
    },
  }),
  check('amqp10/message/header/durable', {
    title: 'Messages that are durable and messages that are not come with the flag that they were sent with',
    duties: [kept],
    async run(peer: Peer) {
      const links = await passage(peer);
      for (const durable of [true, false, true]) {
        const { header } = (await passed(peer, { header: { durable }, ...bodyOf('durable') }, links)).message;
        peer.require((header?.durable ?? false) === durable, `A message with durable ${durable} came with ${header?.durable ?? 'no such flag'}.`);
      }
    },
  }),
  check('amqp10/message/header/priority', {
    title: 'Messages of each priority, of one beyond ten too, come with the priority that they were sent with',
    duties: [kept],
    async run(peer: Peer) {
      const links = await passage(peer, { credit: 20 });
      for (const priority of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]) {
        const { header } = (await passed(peer, { header: { priority }, ...bodyOf('priority') }, links)).message;
        const came = header?.priority ?? 4;
        peer.require(came === priority, `A message of priority ${priority} came with priority ${came}.`);
      }
    },
  }),
  check('amqp10/message/priority/order', {
    title: 'No message overtakes one of higher priority that came before it, nor one of its own',
    duties: ['amqp10/3.2.1.priority-levels:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      const priorities = [9, 5, 4, 0, 9, 5, 4, 0];
      await sendAll(peer, sender, priorities);
      receiver.credit(priorities.length);
      const came: (readonly [priority: number, at: number])[] = [];
      while (came.length < priorities.length) {
        const [priority = 0, at = 0] = ((await receiver.receive()).text ?? '').split(' ').map(Number);
        const overtaken = priorities.findIndex((other, before) => before < at && other >= priority && !came.some(([, each]) => each === before));
        peer.require(overtaken < 0, `A message of priority ${priority} came before one of priority ${priorities[overtaken]} that had been sent earlier.`);
        came.push([priority, at]);
      }
    },
  }),
  check('amqp10/message/durable/survives-kill', {
    title: 'A durable message that was accepted is there when the broker comes back from a sudden end',
    duties: ['amqp10/3.2.1.durable:emit'],
    outage: 'kill',
    crosses: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const { sender, address } = await durablePassage(peer);
      for (const body of ['1', '2', '3']) await sendTo(peer, sender, { header: { durable: true }, ...bodyOf(body) });
      await peer.outage();
      const receiver = await (await peer.session10()).receiver(address);
      receiver.credit(3);
      for (const body of ['1', '2', '3']) {
        const came = await receiver.receive();
        peer.require(came.text === body, `Expected the durable message ${body}, got ${came.text}.`);
        came.accept();
      }
    },
  }),
  check('amqp10/message/ttl/expired', {
    title: 'A message that has outlived its ttl in a queue is not delivered, and the one behind it is',
    duties: [expiry],
    worstMs: 1000,
    async run(peer: Peer) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      await sendTo(peer, sender, { header: { ttl: lifeMs }, ...bodyOf('short-lived') });
      await sendTo(peer, sender, bodyOf('lasting'));
      await peer.quiet(5 * lifeMs, `a message of ${lifeMs} ms grows too old`);
      receiver.credit(2);
      const came = await receiver.receive();
      peer.require(came.text === 'lasting', `Expected the message that lasts, got ${came.text}.`);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/message/ttl/lives', {
    title: 'A message whose ttl is not over is delivered',
    duties: [expiry],
    async run(peer: Peer) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      await sendTo(peer, sender, { header: { ttl: longMs }, ...bodyOf('alive') });
      receiver.credit(1);
      const { text } = await receiver.receive();
      peer.require(text === 'alive', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/message/ttl/returned', {
    title: 'A message that is given back after its ttl is over is not delivered again',
    duties: [expiry],
    worstMs: 1000,
    async run(peer: Peer) {
      const links = await passage(peer);
      const first = await passed(peer, { header: { ttl: 2 * lifeMs }, ...bodyOf('old') }, links);
      await peer.quiet(8 * lifeMs, `a message of ${2 * lifeMs} ms grows too old while it is held`);
      first.release();
      const { text } = await passed(peer, 'young', links);
      peer.require(text === 'young', `Expected the message that was sent later, got ${text}.`);
    },
  }),
  check('amqp10/message/ttl/reduced', {
    title: 'A message goes out with the ttl that is left of the one it came with',
    duties: ['amqp10/3.2.1.ttl-reduced:emit'],
    worstMs: 1000,
    async run(peer: Peer) {
      const { sender, receiver } = await passage(peer, { credit: 0 });
      await sendTo(peer, sender, { header: { ttl: longMs }, ...bodyOf('waits') });
      await peer.quiet(lifeMs, 'a message waits in its queue');
      receiver.credit(1);
      const { ttl } = (await receiver.receive()).message.header ?? {};
      peer.require(ttl !== undefined, 'The message came without the ttl that it was sent with.');
      const left = ttl < longMs && ttl > 0;
      peer.require(left, `A message that waited came with ${ttl >= longMs ? 'no less than the whole' : 'nothing'} of its ttl.`);
    },
  }),
  check('amqp10/message/first-acquirer/claimed', {
    title: 'A message whose sender called it first acquired is told so no more once another link had it',
    duties: [firstAcquirer],
    async run(peer: Peer) {
      const { address, sender, receiver, session } = await passage(peer);
      await sendTo(peer, sender, { header: { firstAcquirer: true }, ...bodyOf('claimed') });
      (await receiver.receive()).modify({ deliveryFailed: true });
      await receiver.detach();
      const other = await session.receiver(address);
      other.credit(1);
      const { header } = (await other.receive()).message;
      peer.require(header?.firstAcquirer !== true, 'A message that failed on another link came as first acquired.');
    },
  }),
  check('amqp10/message/first-acquirer/other-link', {
    title: 'A message that one link had and lost does not come to another as first acquired',
    duties: [firstAcquirer],
    async run(peer: Peer) {
      const { address, sender, receiver, session } = await passage(peer);
      await sendTo(peer, sender, 'passed on');
      await receiver.receive();
      await receiver.detach();
      const other = await session.receiver(address);
      other.credit(1);
      const { header } = (await other.receive()).message;
      peer.require(header?.firstAcquirer !== true, 'A message that another link had before came as first acquired.');
    },
  }),
  check('amqp10/message/delivery-count/first', {
    title: 'A message comes with a delivery-count of zero the first time',
    duties: [deliveryCount],
    async run(peer: Peer) {
      const { header } = (await passedBy(peer, 'first')).message;
      peer.require((header?.deliveryCount ?? 0) === 0, `The delivery-count is ${header?.deliveryCount} the first time.`);
    },
  }),
  check('amqp10/message/delivery-count/counts', {
    title: 'The delivery-count goes up by one with each delivery that failed, and with no other',
    duties: [deliveryCount],
    async run(peer: Peer) {
      const links = await passage(peer);
      let delivery = await passed(peer, 'again and again', links);
      const steps = [
        [() => delivery.modify({ deliveryFailed: true }), 1],
        [() => delivery.release(), 1],
        [() => delivery.modify({}), 1],
        [() => delivery.modify({ deliveryFailed: true }), 2],
      ] as const;
      for (const [settle, count] of steps) {
        settle();
        delivery = await links.receiver.receive();
        const { deliveryCount: came = 0 } = delivery.message.header ?? {};
        peer.require(came === count, `The delivery-count is ${came}, where ${count} deliveries failed.`);
      }
    },
  }),
];

/** A queue that outlives the broker, where 0-9-1 can make one; else the node that the target gives, for as long as that lasts. */
async function durablePassage(peer: Peer): Promise<{ readonly address: string; readonly sender: Sender10 }> {
  const channel = await peer.channel();
  const queue = await channel.queue({ durable: true, exclusive: false });
  const address = await peer.address10(queue);
  const sender = await (await peer.session10()).sender(address);
  return { address, sender };
}
