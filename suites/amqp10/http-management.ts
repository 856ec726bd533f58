import { type Check, check } from '../../harness/check/check.ts';
import { httpRequest, inMap, mapOf10, plain } from '../../harness/probe/amqp10-http.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import { desk, durable, exchange, expectStatus, path, queue, refusals, text, truth } from './http-desk.ts';

/** Topologies over HTTP semantics: RabbitMQ 4's management of AMQP 1.0. */
export const httpManagement10Checks: readonly Check[] = [
  check('amqp10/http-management/attach', {
    title: 'A pair of links leads to and from /management',
    duties: ['amqp10/http-management.attach:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const { sender, receiver } = await desk(peer);
      const { target } = sender.attach;
      const { source } = receiver.attach;
      peer.require(target?.type === 'target' && target.address === '/management', 'The attach of the requests does not name /management as its target.');
      peer.require(source?.type === 'source' && source.address === '/management', 'The attach of the responses does not name /management as its source.');
    },
  }),
  check('amqp10/http-management/response', {
    title: 'A response has its status as the subject, http:response 1.1, and the message-id of its request as correlation-id',
    duties: ['amqp10/http-management.response:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      await at.sender.deliver(httpRequest('GET', path('queues', peer.name()), undefined, 'a request of ours'));
      const { message } = await at.response();
      const { properties, applicationProperties } = message;
      peer.require(properties?.correlationId?.value === 'a request of ours', `The correlation-id is ${String(properties?.correlationId?.value)}.`);
      peer.require(/^[1-5]\d\d$/.test(properties?.subject ?? ''), `The subject is ${properties?.subject}, which is no status.`);
      const version = plain(applicationProperties?.find(([key]) => key === 'http:response')?.[1]);
      peer.require(version === '1.1', `http:response is ${version}, not 1.1.`);
    },
  }),
  check('amqp10/http-management/pipelined', {
    title: 'Requests that are sent before others are answered are done in their order',
    duties: ['amqp10/http-management.pipelined:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const to = path('queues', peer.name());
      const sent = [await at.send('PUT', to, durable), await at.send('GET', to), await at.send('DELETE', to), await at.send('GET', to)];
      const came = [await at.response(), await at.response(), await at.response(), await at.response()];
      const ids = came.map(({ message }) => message.properties?.correlationId?.value);
      peer.require(ids.join() === sent.join(), `The requests ${sent.join()} are answered in the order ${ids.join()}.`);
      const statuses = came.map(({ status }) => status).join();
      peer.require(statuses === '201,200,200,404', `PUT, GET, DELETE and GET of a queue are answered with ${statuses}.`);
    },
  }),
  check('amqp10/http-management/credit', {
    title: 'A response waits for credit and then comes, unless the request is refused for want of it',
    duties: ['amqp10/http-management.credit:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      at.receiver.credit(0);
      await at.receiver.session.barrier();
      await at.send('GET', path('queues', peer.name()));
      const answers: readonly Answer[] = [{ kind: 'discarded', reading: 'text' }, ...refusals];
      const { session } = at.receiver;
      const { kind } = await session.connection.answersTo('amqp10/http-management.credit:emit', { channel: session.channel, answers });
      if (kind !== 'discarded') return;
      await session.barrier(['transfer']);
      at.receiver.credit(1);
      await expectStatus(peer, at.response(), 'GET of a queue that is not there', 404);
    },
  }),
  check('amqp10/http-management/declare-queue', {
    title: 'PUT of a queue makes it, and is answered with 200 where the same is there',
    duties: ['amqp10/http-management.declare-queue:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await queue(peer, at);
      await expectStatus(peer, at.ask('PUT', path('queues', name), durable), 'PUT of a queue that is there', 200);
      await at.sender.session.receiver(`/queues/${encodeURIComponent(name)}`);
      await at.ask('DELETE', path('queues', name));
    },
  }),
  check('amqp10/http-management/declare-conflict', {
    title: 'PUT of a queue that is there otherwise is answered with 409',
    duties: ['amqp10/http-management.declare-conflict:enforce'],
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await queue(peer, at);
      const other = mapOf10({ durable: truth(true), auto_delete: truth(true) });
      await expectStatus(peer, at.ask('PUT', path('queues', name), other), 'PUT of a queue that is there and not auto-delete', 409);
      await at.ask('DELETE', path('queues', name));
    },
  }),
  check('amqp10/http-management/declare-conflict/exchange', {
    title: 'PUT of an exchange that is there with another type is answered with 409',
    duties: ['amqp10/http-management.declare-conflict:enforce'],
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await exchange(peer, at);
      const other = mapOf10({ type: text('fanout'), durable: truth(true) });
      await expectStatus(peer, at.ask('PUT', path('exchanges', name), other), 'PUT of an exchange of another type', 409);
      await at.ask('DELETE', path('exchanges', name));
    },
  }),
  check('amqp10/http-management/get-queue', {
    title: 'GET of a queue tells its name, arguments, messages and consumers',
    duties: ['amqp10/http-management.get-queue:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await queue(peer, at);
      const { session } = at.sender;
      await (await session.sender(path('queues', name))).send('one');
      const body = await expectStatus(peer, at.ask('GET', path('queues', name)), 'GET of a queue', 200);
      const told = ['name', 'durable', 'message_count', 'consumer_count'].map(field => plain(inMap(body, field)));
      peer.require(told.join() === `${name},true,1,0`, `Name, durable, messages and consumers are told as ${told.join()}, where there is one message.`);
      peer.require(inMap(body, 'arguments')?.type === 'map' && inMap(body, 'type') !== undefined, 'Kind and arguments are not told.');
      const receiver = await session.receiver(path('queues', name));
      receiver.credit(1);
      await receiver.receive();
      const consumers = plain(inMap((await at.ask('GET', path('queues', name))).body, 'consumer_count'));
      peer.require(consumers === 1, `There is one consumer, and ${consumers} are told.`);
      await at.ask('DELETE', path('queues', name));
    },
  }),
  check('amqp10/http-management/get-missing', {
    title: 'GET of a queue that is not there is answered with 404',
    duties: ['amqp10/http-management.get-missing:enforce'],
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      await expectStatus(peer, at.ask('GET', path('queues', peer.name())), 'GET of a queue that is not there', 404);
    },
  }),
  check('amqp10/http-management/purge', {
    title: 'DELETE of the messages of a queue drops those that are ready and tells how many',
    duties: ['amqp10/http-management.purge:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await queue(peer, at);
      const sender = await at.sender.session.sender(path('queues', name));
      for (const body of ['one', 'two', 'three']) await sender.send(body);
      const held = await at.sender.session.receiver(path('queues', name));
      held.credit(1);
      await held.receive();
      const body = await expectStatus(peer, at.ask('DELETE', `${path('queues', name)}/messages`), 'DELETE of the messages of a queue', 200);
      peer.require(plain(inMap(body, 'message_count')) === 2, `Of two messages that are ready ${plain(inMap(body, 'message_count'))} are told to be dropped.`);
      held.credit(1);
      await held.barrier(['transfer']);
      await at.ask('DELETE', path('queues', name));
    },
  }),
  check('amqp10/http-management/delete-queue', {
    title: 'DELETE of a queue removes it and tells how many messages went with it',
    duties: ['amqp10/http-management.delete-queue:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await queue(peer, at);
      await (await at.sender.session.sender(path('queues', name))).send('one');
      const body = await expectStatus(peer, at.ask('DELETE', path('queues', name)), 'DELETE of a queue', 200);
      peer.require(plain(inMap(body, 'message_count')) === 1, `One message went with the queue, and ${plain(inMap(body, 'message_count'))} are told.`);
      await expectStatus(peer, at.ask('GET', path('queues', name)), 'GET of a queue that was deleted', 404);
    },
  }),
  check('amqp10/http-management/delete-queue/missing', {
    title: 'DELETE of a queue that is not there tells that no message went with it',
    duties: ['amqp10/http-management.delete-queue:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const body = await expectStatus(peer, at.ask('DELETE', path('queues', peer.name())), 'DELETE of a queue that is not there', 200);
      peer.require(plain(inMap(body, 'message_count')) === 0, `No message can have gone, and ${plain(inMap(body, 'message_count'))} are told.`);
    },
  }),
];
