import { check } from '../../harness/check/check.ts';
import type { Arrival, Peer } from '../../harness/probe/peer.ts';
import { requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { answered, ask, capabilities, partners, pseudoQueue, requireName } from './direct-reply-partners.ts';

/** Answers to requests that go to a name in place of a queue. */
export const directReplyToChecks = [
  check('amqp091/direct-reply-to/name/rewritten', {
    title: 'A request arrives with a name to answer to in place of amq.rabbitmq.reply-to, and otherwise as it was',
    duties: ['amqp091/direct-reply-to.name:emit'],
    capabilities,
    async run(peer) {
      const { asker, answerer, requests } = await partners(peer);
      asker.publish({
        routingKey: requests,
        properties: { contentType: 'text/plain', correlationId: 'c1', replyTo: pseudoQueue, messageId: 'm1', deliveryMode: 1 },
        body: 'question',
      });
      const [request] = await takeAll(peer, answerer, requests, 1);
      requireName(peer, request?.properties.replyTo ?? '');
      const { contentType, correlationId, messageId, deliveryMode } = request?.properties ?? {};
      const rest = [contentType, correlationId, messageId, deliveryMode, request === undefined ? '' : textOf(request)].map(String);
      requireTexts(peer, rest, ['text/plain', 'c1', 'm1', '1', 'question'], 'Other properties and body');
    },
  }),
  check('amqp091/direct-reply-to/name/of-the-channel', {
    title: 'The name to answer to stays the same on one channel, and is another on each',
    duties: ['amqp091/direct-reply-to.name:emit'],
    capabilities,
    async run(peer: Peer) {
      const all = await partners(peer);
      const second = await all.asker.connection.channel();
      await second.consume(pseudoQueue, { noAck: true });
      const [name, again, other] = [await ask(peer, all.asker, all), await ask(peer, all.asker, all), await ask(peer, second, all)];
      requireTexts(peer, [again], [name], 'The name of a second request on the channel');
      peer.require(other !== name, 'Two channels were given the same name to answer to.');
    },
  }),
  check('amqp091/direct-reply-to/name/others-untouched', {
    title: 'A reply-to that names a queue arrives as it was, whether the channel consumes answers or not',
    duties: ['amqp091/direct-reply-to.name:emit', 'amqp091/3.1.1.properties-intact:emit'],
    capabilities,
    async run(peer) {
      const { asker, answerer, requests } = await partners(peer);
      for (const replyTo of [requests, '', 'amq.rabbitmq'] as const) asker.publish({ routingKey: requests, properties: { replyTo } });
      const came = await takeAll(peer, answerer, requests, 3);
      requireTexts(
        peer,
        came.map(({ properties }) => properties.replyTo ?? 'none'),
        [requests, '', 'amq.rabbitmq'],
        'What reply-to says',
      );
    },
  }),
  check('amqp091/direct-reply-to/delivery/answer', {
    title: 'An answer reaches the consumer of the channel that asked, with its properties and body',
    duties: ['amqp091/direct-reply-to.delivery:emit'],
    capabilities,
    async run(peer) {
      const all = await partners(peer);
      const name = await ask(peer, all.asker, all);
      all.answerer.publish({ routingKey: name, properties: { correlationId: 'c1' }, body: 'answer' });
      const answer: Arrival<'basic.deliver'> = await all.asker.arrival('basic.deliver');
      const { consumerTag, exchange } = answer.method.args;
      const seen = [consumerTag, exchange, answer.properties.correlationId ?? '', textOf(answer)];
      requireTexts(peer, seen, [all.consumerTag, '', 'c1', 'answer'], 'Consumer tag, exchange, correlation id and body');
    },
  }),
  check('amqp091/direct-reply-to/delivery/many', {
    title: 'Twenty answers, empty and large ones among them, arrive in the order they were sent',
    duties: ['amqp091/direct-reply-to.delivery:emit'],
    capabilities,
    async run(peer) {
      const all = await partners(peer);
      const name = await ask(peer, all.asker, all);
      const answers = Array.from({ length: 20 }, (_, at) => (at % 5 === 0 ? '' : `${at} ${'x'.repeat(at * at * 100)}`));
      for (const body of answers) all.answerer.publish({ routingKey: name, body });
      for (const answer of answers) requireTexts(peer, [await answered(all.asker)], [answer], 'Next answer');
    },
  }),
  check('amqp091/direct-reply-to/delivery/right-channel', {
    title: 'Of two channels that ask, each gets the answers to its own name only',
    duties: ['amqp091/direct-reply-to.delivery:emit'],
    capabilities,
    async run(peer) {
      const all = await partners(peer);
      const second = await all.asker.connection.channel();
      await second.consume(pseudoQueue, { noAck: true });
      const [first, other] = [await ask(peer, all.asker, all), await ask(peer, second, all)];
      all.answerer.publish({ routingKey: other, body: 'to the second' });
      all.answerer.publish({ routingKey: first, body: 'to the first' });
      requireTexts(peer, [await answered(all.asker)], ['to the first'], 'What the first channel got');
      requireTexts(peer, [await answered(second)], ['to the second'], 'What the second channel got');
    },
  }),
  check('amqp091/direct-reply-to/delivery/same-connection', {
    title: 'A request can be answered on the channel that asked it',
    duties: ['amqp091/direct-reply-to.delivery:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const requests = await channel.queue();
      const consumerTag = await channel.consume(pseudoQueue, { noAck: true });
      const name = await ask(peer, channel, { asker: channel, answerer: channel, requests, consumerTag });
      channel.publish({ routingKey: name, body: 'answer' });
      requireTexts(peer, [await answered(channel)], ['answer'], 'What came back');
    },
  }),
  check('amqp091/direct-reply-to/delivery/confirmed', {
    title: 'In confirm mode, an answer is confirmed as any other message, also when nobody is there to get it',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities: [...capabilities, 'publisher_confirms'],
    async run(peer) {
      const all = await partners(peer);
      const name = await ask(peer, all.asker, all);
      await all.answerer.call('confirm.select', {}, 'confirm.select-ok');
      all.answerer.publish({ routingKey: name, body: 'answer' });
      await all.answerer.expect('basic.ack');
      requireTexts(peer, [await answered(all.asker)], ['answer'], 'What came back');
      await all.asker.close();
      all.answerer.publish({ routingKey: name, body: 'too late' });
      await all.answerer.expect('basic.ack');
    },
  }),
];
