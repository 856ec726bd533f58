import { check } from '../../harness/check/check.ts';
import { hold, requireTexts, takeAll, textOf } from './observations.ts';
import { keysThrough, requireHeaders, requirePattern } from './routing-observations.ts';

/** How exchanges of each type route (3.1.3), and the default exchange with its bindings. */
export const routingChecks = [
  check('amqp091/routing/default/own-name', {
    title: 'A message to the default exchange reaches the queue named by its routing key',
    duties: ['amqp091/queue.declare.default-binding:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name() });
      channel.publish({ routingKey: queue, body: 'hello' });
      const taken = await takeAll(peer, channel, queue, 1);
      requireTexts(peer, taken.map(textOf), ['hello'], 'Messages in the queue');
    },
  }),
  check('amqp091/routing/default/exact-key', {
    title: 'The default exchange is a direct exchange: only the queue of exactly that name gets the message',
    duties: ['amqp091/exchange.default-exchange:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [short, long] = [peer.name('q'), peer.name('q.longer')];
      await channel.queue({ queue: short });
      await channel.queue({ queue: long });
      channel.publish({ routingKey: long, body: 'long' });
      channel.publish({ routingKey: `${short}.other`, body: 'other' });
      channel.publish({ routingKey: short, body: 'short' });
      requireTexts(peer, (await takeAll(peer, channel, short, 1)).map(textOf), ['short'], 'Messages in the queue');
      requireTexts(peer, (await takeAll(peer, channel, long, 1)).map(textOf), ['long'], 'Messages in the other queue');
    },
  }),
  check('amqp091/routing/direct/equal-key', {
    title: 'A direct exchange passes a message to the queue bound with its routing key',
    duties: ['amqp091/3.1.3.1.direct:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      await channel.bind(queue, exchange, 'some key');
      requireTexts(peer, await keysThrough(peer, channel, exchange, queue, ['some key']), ['some key'], 'Keys that reach the queue');
    },
  }),
  check('amqp091/routing/direct/other-key', {
    title: 'A direct exchange compares whole keys, with upper and lower case apart, and knows no patterns',
    duties: ['amqp091/3.1.3.1.direct:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      await channel.bind(queue, exchange, 'a.*');
      await channel.bind(queue, exchange, '#');
      requireTexts(peer, await keysThrough(peer, channel, exchange, queue, ['a.b', 'A.*', 'a.', 'a.*.c', '']), [], 'Keys that reach the queue');
    },
  }),
  check('amqp091/routing/direct/predeclared', {
    title: 'amq.direct routes as a direct exchange',
    duties: ['amqp091/exchange.required-instances:emit', 'amqp091/3.1.3.1.direct:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [key, queue] = [peer.name('key'), await channel.queue()];
      await channel.bind(queue, 'amq.direct', key);
      channel.publish({ exchange: 'amq.direct', routingKey: `${key}.other`, body: 'other' });
      channel.publish({ exchange: 'amq.direct', routingKey: key, body: 'equal' });
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['equal'], 'Messages in the queue');
    },
  }),
  check('amqp091/routing/many/one-key', {
    title: 'All queues bound with the same key get the message, and each its own copy',
    duties: ['amqp091/3.1.3.instances:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, one, two] = [await channel.exchange('direct'), await channel.queue(), await channel.queue()];
      for (const queue of [one, two]) await channel.bind(queue, exchange, 'key');
      channel.publish({ exchange, routingKey: 'key', properties: { messageId: 'm1' }, body: 'copy' });
      const first = await takeAll(peer, channel, one, 1);
      const second = await takeAll(peer, channel, two, 1);
      requireTexts(
        peer,
        [...first, ...second].map(message => `${message.properties.messageId} ${textOf(message)}`),
        ['m1 copy', 'm1 copy'],
        'Messages in both queues',
      );
    },
  }),
  check('amqp091/routing/many/independent', {
    title: 'Acknowledging a message in one queue leaves it in the other',
    duties: ['amqp091/3.1.3.instances:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, one, two] = [await channel.exchange('fanout'), await channel.queue(), await channel.queue()];
      for (const queue of [one, two]) await channel.bind(queue, exchange);
      channel.publish({ exchange, body: 'copy' });
      const { method } = await hold(peer, channel, one);
      channel.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      requireTexts(peer, (await takeAll(peer, channel, two, 1)).map(textOf), ['copy'], 'Messages in the other queue');
    },
  }),
  check('amqp091/routing/fanout/any-key', {
    title: 'A fanout exchange passes messages on whatever their routing key',
    duties: ['amqp091/3.1.3.2.fanout:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('fanout'), await channel.queue()];
      await channel.bind(queue, exchange);
      const keys = ['', 'a', 'a.b.c'];
      requireTexts(peer, await keysThrough(peer, channel, exchange, queue, keys), keys, 'Keys that reach the queue');
    },
  }),
  check('amqp091/routing/topic/literal', {
    title: 'A topic pattern without wildcards takes the equal key only, word by word',
    duties: ['amqp091/3.1.3.3.topic-words:emit'],
    run: peer => requirePattern(peer, 'stock.usd', { match: ['stock.usd'], miss: ['stock', 'stock.usd.ny', 'stock.usdx', 'stockusd', 'Stock.usd'] }),
  }),
  check('amqp091/routing/topic/star', {
    title: 'A star takes exactly one word, neither none nor two',
    duties: ['amqp091/3.1.3.3.topic-star:emit'],
    run: peer => requirePattern(peer, 'a.*.c', { match: ['a.b.c', 'a.longer.c'], miss: ['a.c', 'a.b.b.c', 'a.b', 'a.b.c.d'] }),
  }),
  check('amqp091/routing/topic/hash', {
    title: 'A hash takes any number of words, none included',
    duties: ['amqp091/3.1.3.3.topic-hash:emit'],
    run: peer => requirePattern(peer, 'a.#.z', { match: ['a.z', 'a.b.z', 'a.b.c.d.z'], miss: ['a', 'z', 'a.b', 'ab.z', 'b.a.z'] }),
  }),
  check('amqp091/routing/topic/hash-alone', {
    title: 'A hash alone takes every key, the empty one included',
    duties: ['amqp091/3.1.3.3.topic-hash:emit'],
    run: peer => requirePattern(peer, '#', { match: ['', 'a', 'a.b.c'], miss: [] }),
  }),
  check('amqp091/routing/topic/star-and-hash', {
    title: 'Star and hash together: *.stock.# as the standard explains it',
    duties: ['amqp091/3.1.3.3.topic-star:emit', 'amqp091/3.1.3.3.topic-hash:emit'],
    run: peer => requirePattern(peer, '*.stock.#', { match: ['usd.stock', 'eur.stock.db'], miss: ['stock.nasdaq', 'stock', 'a.usd.stock'] }),
  }),
  check('amqp091/routing/headers/all', {
    title: 'With x-match all every pair of the binding must be among the headers',
    duties: ['amqp091/3.1.3.4.headers-all:emit'],
    run: peer =>
      requireHeaders(
        peer,
        { 'x-match': 'all', form: 'pdf', pages: 3 },
        { one: { form: 'pdf' }, other: { form: 'pdf', pages: 4 }, none: {}, both: { form: 'pdf', pages: 3 }, more: { form: 'pdf', pages: 3, colour: 'red' } },
        ['both', 'more'],
      ),
  }),
  check('amqp091/routing/headers/any', {
    title: 'With x-match any one pair of the binding among the headers is enough',
    duties: ['amqp091/3.1.3.4.headers-any:emit'],
    run: peer =>
      requireHeaders(
        peer,
        { 'x-match': 'any', form: 'pdf', pages: 3 },
        { none: {}, other: { form: 'txt', pages: 4 }, form: { form: 'pdf' }, pages: { form: 'txt', pages: 3 }, both: { form: 'pdf', pages: 3 } },
        ['form', 'pages', 'both'],
      ),
  }),
  check('amqp091/routing/headers/presence', {
    title: 'A pair without value matches any header of its name',
    duties: ['amqp091/3.1.3.4.headers-presence:emit'],
    run: peer =>
      requireHeaders(peer, { 'x-match': 'all', form: null }, { none: {}, other: { forms: 'pdf' }, text: { form: 'pdf' }, number: { form: 7 } }, [
        'text',
        'number',
      ]),
  }),
  check('amqp091/routing/headers/reserved', {
    title: 'Pairs of the binding whose name begins with x- are ignored',
    duties: ['amqp091/3.1.3.4.headers-reserved:emit'],
    run: peer =>
      requireHeaders(
        peer,
        { 'x-match': 'all', 'x-amqpspec': 'ignored', form: 'pdf' },
        { other: { form: 'txt', 'x-amqpspec': 'ignored' }, form: { form: 'pdf' } },
        ['form'],
      ),
  }),
];
