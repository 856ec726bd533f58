import { check } from '../../harness/check/check.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { deliveries, requireTexts, textOf } from '../amqp091/observations.ts';
import { optionalExchange } from '../amqp091/optional.ts';
import { marker } from '../amqp091/routing-observations.ts';
import { answer, answers, ask, asker } from './parties.ts';

/** What a subscriber got until the message that is sent last. */
async function heard(channel: ProbeChannel): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (let body = ''; body !== marker; ) {
    body = textOf(await channel.arrival('basic.deliver'));
    bodies.push(body);
  }
  return bodies.slice(0, -1);
}

/** Has a connection subscribe with an exclusive queue of its own. As every party it declares the exchange: whoever comes first makes it. */
async function subscribe(channel: ProbeChannel, type: 'fanout' | 'topic', exchange: string, ...keys: readonly string[]): Promise<ProbeChannel> {
  await channel.call('exchange.declare', { exchange, type }, 'exchange.declare-ok');
  const queue = await channel.queue();
  for (const key of [...keys, marker]) await channel.bind(queue, exchange, key);
  await channel.consume(queue, { noAck: true });
  return channel;
}

/** Requests with their answers, and what is published for many. */
export const conversationChecks = [
  check('amqp091/pattern/request-reply/exclusive-queue', {
    title: 'A request is answered to the exclusive queue that it names, with its correlation id',
    duties: ['amqp091/3.1.1.properties-intact:emit', 'amqp091/exchange.default-exchange:emit'],
    async run(peer) {
      const [client, server] = [await asker(peer), await peer.channel()];
      const requests = await server.queue({ exclusive: true });
      await server.consume(requests, { noAck: true });
      ask(client, { routingKey: requests }, 'question', 'c1');
      const request = await server.arrival('basic.deliver');
      const { replyTo = '', correlationId = '' } = request.properties;
      requireTexts(peer, [replyTo, correlationId, textOf(request)], [client.replyTo, 'c1', 'question'], 'Reply-to, correlation id and body of the request');
      answer(server, request, 'answer');
      requireTexts(peer, await answers(client, 1), ['c1: answer'], 'The answer');
    },
  }),
  check('amqp091/pattern/request-reply/out-of-order', {
    title: 'Answers given in another order, to two askers in turn, each reach the one who asked',
    duties: ['amqp091/3.1.1.properties-intact:emit', 'amqp091/exchange.default-exchange:emit'],
    async run(peer) {
      const [one, two, server] = [await asker(peer), await asker(peer), await peer.channel()];
      const requests = await server.queue({ exclusive: true });
      await server.consume(requests, { noAck: true });
      for (const id of ['c1', 'c2', 'c3']) {
        ask(one, { routingKey: requests }, `one ${id}`, id);
        ask(two, { routingKey: requests }, `two ${id}`, id);
      }
      const came = await deliveries(server, 6);
      for (const request of came.toReversed()) answer(server, request, `re ${textOf(request)}`);
      for (const [name, client] of [
        ['one', one],
        ['two', two],
      ] as const) {
        const wanted = ['c1', 'c2', 'c3'].map(id => `${id}: re ${name} ${id}`);
        requireTexts(peer, (await answers(client, 3)).toSorted(), wanted, `Answers to asker ${name}`);
        await client.channel.barrier(['basic.deliver']);
      }
    },
  }),
  check('amqp091/pattern/request-reply/direct', {
    title: 'Two askers that want their answers directly each get their own, from one server for both',
    duties: ['amqp091/direct-reply-to.delivery:emit', 'amqp091/direct-reply-to.name:emit'],
    capabilities: ['direct_reply_to'],
    async run(peer) {
      const pseudoQueue = 'amq.rabbitmq.reply-to';
      const [one, two, server] = [await peer.channel(), await peer.channel(), await peer.channel()];
      const requests = await server.queue({ exclusive: true });
      await server.consume(requests, { noAck: true });
      for (const [name, channel] of [
        ['one', one],
        ['two', two],
      ] as const) {
        await channel.consume(pseudoQueue, { noAck: true });
        for (const id of ['c1', 'c2']) ask({ channel, replyTo: pseudoQueue }, { routingKey: requests }, `${name} ${id}`, id);
      }
      for (const request of (await deliveries(server, 4)).toReversed()) answer(server, request, `re ${textOf(request)}`);
      for (const [name, channel] of [
        ['one', one],
        ['two', two],
      ] as const) {
        const wanted = ['c1', 'c2'].map(id => `${id}: re ${name} ${id}`);
        requireTexts(peer, (await answers({ channel, replyTo: pseudoQueue }, 2)).toSorted(), wanted, `Answers to asker ${name}`);
      }
    },
  }),
  check('amqp091/pattern/publish-subscribe/fanout', {
    title: 'Each subscriber of a fanout exchange gets all that is published while it is subscribed, in order, and no more',
    duties: ['amqp091/3.1.3.2.fanout:emit', 'amqp091/3.1.3.instances:emit', 'amqp091/4.7.order:emit'],
    async run(peer) {
      const [publisher, early, other] = [await peer.channel(), await peer.channel(), await peer.channel()];
      const exchange = await publisher.exchange('fanout');
      const bodies = ['1', '2', '3', '4', '5'];
      const say = (body: string) => publisher.publish({ exchange, routingKey: `news.${body}`, body });
      await subscribe(early, 'fanout', exchange);
      await subscribe(other, 'fanout', exchange);
      for (const body of bodies.slice(0, 2)) say(body);
      await publisher.barrier();
      const late = await subscribe(await peer.channel(), 'fanout', exchange);
      for (const body of [...bodies.slice(2), marker]) say(body);
      for (const each of [early, other]) requireTexts(peer, await heard(each), bodies, 'What a subscriber from the start got');
      requireTexts(peer, await heard(late), bodies.slice(2), 'What a later subscriber got');
    },
  }),
  check('amqp091/pattern/publish-subscribe/one-leaves', {
    title: 'When one subscriber breaks off, the others go on getting everything',
    duties: ['amqp091/3.1.3.2.fanout:emit', 'amqp091/3.1.3.instances:emit'],
    async run(peer) {
      const [publisher, leaving, staying] = [await peer.channel(), await peer.channel(), await peer.channel()];
      const exchange = await publisher.exchange('fanout');
      for (const each of [leaving, staying]) await subscribe(each, 'fanout', exchange);
      publisher.publish({ exchange, routingKey: 'to both', body: 'to both' });
      await leaving.arrival('basic.deliver');
      leaving.connection.destroy();
      for (const body of ['to one', marker]) publisher.publish({ exchange, routingKey: body, body });
      requireTexts(peer, await heard(staying), ['to both', 'to one'], 'What the other subscriber got');
    },
  }),
  check('amqp091/pattern/publish-subscribe/topic', {
    title: 'Each subscriber of a topic exchange gets what its patterns ask for, once',
    duties: ['amqp091/3.1.3.3.topic-star:emit', 'amqp091/3.1.3.3.topic-hash:emit', 'amqp091/queue.bind.unique:emit'],
    async run(peer) {
      const publisher = await peer.channel();
      const exchange = await optionalExchange(peer, publisher, 'topic');
      const all = await subscribe(await peer.channel(), 'topic', exchange, '#');
      const errors = await subscribe(await peer.channel(), 'topic', exchange, '*.error', '*.error.#');
      const disk = await subscribe(await peer.channel(), 'topic', exchange, 'disk.*', 'disk.#');
      const keys = ['disk.info', 'disk.error', 'net.error.time-out', 'net.info', 'disk', 'old.disk.error'];
      for (const routingKey of [...keys, marker]) publisher.publish({ exchange, routingKey, body: routingKey });
      requireTexts(peer, await heard(all), keys, 'What the subscriber of all got');
      requireTexts(peer, await heard(errors), ['disk.error', 'net.error.time-out'], 'What the subscriber of errors got');
      requireTexts(peer, await heard(disk), ['disk.info', 'disk.error', 'disk'], 'What the subscriber of disk got');
    },
  }),
  check('amqp091/pattern/scatter-gather/all-answer', {
    title: 'A question to all services through a fanout exchange gathers one answer of each',
    duties: ['amqp091/3.1.3.2.fanout:emit', 'amqp091/3.1.3.instances:emit'],
    async run(peer) {
      const client = await asker(peer);
      const exchange = await client.channel.exchange('fanout');
      const services: ProbeChannel[] = [];
      while (services.length < 5) {
        const channel = await peer.channel();
        const queue = await channel.queue({ exclusive: true });
        await channel.bind(queue, exchange);
        await channel.consume(queue, { noAck: true });
        services.push(channel);
      }
      ask(client, { exchange, routingKey: 'any' }, 'what is your offer?', 'c1');
      for (const [at, service] of services.entries()) answer(service, await service.arrival('basic.deliver'), `offer ${at}`);
      const wanted = services.map((_, at) => `c1: offer ${at}`);
      requireTexts(peer, (await answers(client, services.length)).toSorted(), wanted, 'Answers');
      await client.channel.barrier(['basic.deliver']);
    },
  }),
];
