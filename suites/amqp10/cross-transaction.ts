import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { crossing, receiverOf, senderOf, textIn, to091 } from './crossing.ts';
import { bodyOf, sendTo } from './passage.ts';

const settled = 'amqp10/conversion.settled-by-091:emit';

/** Confirms, transactions and time to live where both protocols are at a queue. */
export const crossTransactionChecks = [
  check('amqp10/cross/confirmed/both', {
    title: 'A confirm of 0-9-1 and an accepted of 1.0 each say that their own message is in the queue that both share',
    duties: ['amqp10/conversion.same-queue:emit'],
    crosses: true,
    optional: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await sendTo(peer, await senderOf(x), bodyOf('1'));
      await x.channel.call('confirm.select', {}, 'confirm.select-ok');
      x.channel.publish({ routingKey: x.queue, body: '2' });
      await x.channel.expect('basic.ack');
      requireTexts(peer, (await takeAll(peer, x.channel, x.queue, 2)).map(textOf), ['1', '2'], 'Messages that are there');
    },
  }),
  check('amqp10/cross/transaction/publish', {
    title: 'What 0-9-1 publishes in a transaction is hidden from 1.0 until the commit, and comes then',
    duties: ['amqp10/conversion.same-queue:emit'],
    crosses: true,
    optional: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.call('tx.select', {}, 'tx.select-ok');
      x.channel.publish({ routingKey: x.queue, body: 'in a transaction' });
      await x.channel.barrier();
      const receiver = await receiverOf(x, 1);
      await receiver.barrier(['transfer']);
      await x.channel.call('tx.commit', {}, 'tx.commit-ok');
      const came = textIn(await receiver.receive());
      peer.require(came === 'in a transaction', `Expected what was committed, got ${came}.`);
    },
  }),
  check('amqp10/cross/transaction/rolled-back', {
    title: 'What 0-9-1 publishes in a transaction that it rolls back never comes to 1.0',
    duties: ['amqp10/conversion.same-queue:emit'],
    crosses: true,
    optional: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      await x.channel.call('tx.select', {}, 'tx.select-ok');
      x.channel.publish({ routingKey: x.queue, body: 'in a transaction' });
      await x.channel.call('tx.rollback', {}, 'tx.rollback-ok');
      x.channel.publish({ routingKey: x.queue, body: 'behind it' });
      await x.channel.call('tx.commit', {}, 'tx.commit-ok');
      const came = textIn(await (await receiverOf(x, 1)).receive());
      peer.require(came === 'behind it', `Expected what was committed, got ${came}.`);
    },
  }),
  check('amqp10/cross/transaction/acknowledged', {
    title: 'A message of 1.0 that 0-9-1 acknowledges in a transaction is gone with the commit',
    duties: [settled],
    crosses: true,
    optional: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const consumer = await peer.channel();
      await consumer.call('tx.select', {}, 'tx.select-ok');
      await consumer.consume(x.queue);
      const { method } = await to091(peer, { ...x, channel: consumer }, await senderOf(x), bodyOf('acknowledged'));
      consumer.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      await consumer.call('tx.commit', {}, 'tx.commit-ok');
      await consumer.close();
      await (await receiverOf(x, 1)).barrier(['transfer']);
    },
  }),
  check('amqp10/cross/transaction/not-committed', {
    title: 'A message of 1.0 whose acknowledgement by 0-9-1 was rolled back is there for 1.0 again',
    duties: [settled],
    crosses: true,
    optional: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const consumer = await peer.channel();
      await consumer.call('tx.select', {}, 'tx.select-ok');
      await consumer.consume(x.queue);
      const { method } = await to091(peer, { ...x, channel: consumer }, await senderOf(x), bodyOf('kept'));
      consumer.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      await consumer.call('tx.rollback', {}, 'tx.rollback-ok');
      await consumer.close();
      const came = textIn(await (await receiverOf(x, 1)).receive());
      peer.require(came === 'kept', `Expected the message whose acknowledgement was rolled back, got ${came}.`);
    },
  }),
  check('amqp10/cross/expired/by-091', {
    title: 'A message of 1.0 that has outlived its ttl does not come to 0-9-1',
    duties: ['amqp10/3.2.1.ttl:emit'],
    crosses: true,
    worstMs: 1000,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const sender = await senderOf(x);
      await sendTo(peer, sender, { header: { ttl: 40 }, ...bodyOf('short-lived') });
      await sendTo(peer, sender, bodyOf('lasting'));
      await peer.quiet(200, 'a message of 40 ms grows too old');
      requireTexts(peer, (await takeAll(peer, x.channel, x.queue, 1)).map(textOf), ['lasting'], 'Messages that are left');
    },
  }),
];
