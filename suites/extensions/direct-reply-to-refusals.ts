import { check } from '../../harness/check/check.ts';
import { queueView, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { answered, ask, capabilities, partners, pseudoQueue } from './direct-reply-partners.ts';

/** Direct answers: what is refused, and what becomes of answers when nobody waits for them. */
export const directReplyToRefusalChecks = [
  check('amqp091/direct-reply-to/refused/with-acknowledgements', {
    title: 'Consuming answers with acknowledgements is precondition-failed',
    duties: ['amqp091/direct-reply-to.no-ack:enforce'],
    capabilities,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('basic.consume', { queue: pseudoQueue, noAck: false });
      await channel.answersTo('amqp091/direct-reply-to.no-ack:enforce');
    },
  }),
  check('amqp091/direct-reply-to/refused/second-consumer', {
    title: 'A second consumer of answers on the same channel is precondition-failed',
    duties: ['amqp091/direct-reply-to.one-consumer:enforce'],
    capabilities,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      await channel.consume(pseudoQueue, { noAck: true });
      channel.send('basic.consume', { queue: pseudoQueue, noAck: true });
      await channel.answersTo('amqp091/direct-reply-to.one-consumer:enforce');
    },
  }),
  check('amqp091/direct-reply-to/refused/without-consumer', {
    title: 'Asking for a direct answer on a channel that consumes none is precondition-failed',
    duties: ['amqp091/direct-reply-to.same-channel:enforce'],
    capabilities,
    departs: true,
    async run(peer) {
      const { asker, requests } = await partners(peer);
      const second = await asker.connection.channel();
      second.publish({ routingKey: requests, properties: { replyTo: pseudoQueue } });
      await second.answersTo('amqp091/direct-reply-to.same-channel:enforce');
    },
  }),
  check('amqp091/direct-reply-to/refused/after-cancel', {
    title: 'Asking for a direct answer after the consumer of answers was cancelled is precondition-failed',
    duties: ['amqp091/direct-reply-to.same-channel:enforce'],
    capabilities,
    departs: true,
    async run(peer) {
      const { asker, requests, consumerTag } = await partners(peer);
      await asker.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      asker.publish({ routingKey: requests, properties: { replyTo: pseudoQueue } });
      await asker.answersTo('amqp091/direct-reply-to.same-channel:enforce');
    },
  }),
  check('amqp091/direct-reply-to/cancel/again', {
    title: 'After a cancel, answers can be consumed again on the same channel',
    duties: ['amqp091/direct-reply-to.delivery:emit'],
    capabilities,
    async run(peer) {
      const all = await partners(peer);
      await all.asker.call('basic.cancel', { consumerTag: all.consumerTag }, 'basic.cancel-ok');
      await all.asker.consume(pseudoQueue, { noAck: true });
      all.answerer.publish({ routingKey: await ask(peer, all.asker, all), body: 'answer' });
      requireTexts(peer, [await answered(all.asker)], ['answer'], 'What came back');
    },
  }),
  ...([true, false] as const).flatMap(passive => {
    const how = passive ? 'passively' : 'not passively';
    const slug = passive ? 'passive' : 'active';
    return [
      check(`amqp091/direct-reply-to/asker/present-${slug}`, {
        title: `Declaring the name to answer to, ${how}, finds no messages and one consumer while the asker is there`,
        duties: ['amqp091/direct-reply-to.asker-present:emit'],
        capabilities,
        async run(peer) {
          const all = await partners(peer);
          const queue = await ask(peer, all.asker, all);
          const { args } = await all.answerer.call('queue.declare', { queue, passive }, 'queue.declare-ok');
          requireTexts(peer, [args.queue, `${args.messageCount}`, `${args.consumerCount}`], [queue, '0', '1'], 'Name, messages and consumers');
        },
      }),
      check(`amqp091/direct-reply-to/asker/gone-${slug}`, {
        title: `Declaring the name to answer to, ${how}, is not-found once the asker's channel is closed`,
        duties: ['amqp091/direct-reply-to.asker-gone:enforce'],
        capabilities,
        departs: true,
        async run(peer) {
          const all = await partners(peer);
          const queue = await ask(peer, all.asker, all);
          await all.asker.close();
          await peer.eventually('the name to answer to is gone', async () => (await queueView(peer, all.answerer.connection, queue)).kind === 'refused');
          all.answerer.send('queue.declare', { queue, passive });
          await all.answerer.answersTo('amqp091/direct-reply-to.asker-gone:enforce');
        },
      }),
    ];
  }),
  check('amqp091/direct-reply-to/dropped/channel-closed', {
    title: 'An answer to a channel that is closed is dropped, and the channel of who answered goes on',
    duties: ['amqp091/direct-reply-to.dropped:emit'],
    capabilities,
    async run(peer) {
      const all = await partners(peer);
      const name = await ask(peer, all.asker, all);
      await all.asker.close();
      all.answerer.publish({ routingKey: name, body: 'too late' });
      all.answerer.publish({ routingKey: all.requests, body: 'next' });
      requireTexts(peer, (await takeAll(peer, all.answerer, all.requests, 1)).map(textOf), ['next'], 'Messages in the queue');
    },
  }),
  check('amqp091/direct-reply-to/dropped/never-given', {
    title: 'A mandatory answer to a name that was never given comes back or is dropped, and the channel goes on',
    duties: ['amqp091/direct-reply-to.dropped:emit', 'amqp091/direct-reply-to.mandatory:permit'],
    capabilities,
    departs: true,
    async run(peer) {
      const { answerer, requests } = await partners(peer);
      answerer.publish({ routingKey: `${pseudoQueue}.amqpspec`, mandatory: true, body: 'to nobody' });
      await answerer.barrier();
      const returned = answerer.taken().some(seen => seen.kind === 'method' && seen.method.name === 'basic.return');
      peer.measure('direct reply-to: a mandatory answer to nobody comes back', returned);
      answerer.publish({ routingKey: requests, body: 'next' });
      requireTexts(peer, (await takeAll(peer, answerer, requests, 1)).map(textOf), ['next'], 'Messages in the queue');
    },
  }),
];
