import { type Check, check } from '../../harness/check/check.ts';
import { HttpDesk10, httpRequest, inMap, mapOf10, plain } from '../../harness/probe/amqp10-http.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import type { AmqpValue } from '../../harness/wire/amqp10/codec.ts';

const truth = (value: boolean): AmqpValue => ({ type: 'boolean', value });
const text = (value: string): AmqpValue => ({ type: 'string', value });
const durable = mapOf10({ durable: truth(true) });
const path = (kind: 'queues' | 'exchanges', name: string): string => `/${kind}/${encodeURIComponent(name)}`;

const refusals: readonly Answer[] = [
  { kind: 'detach', condition: 'any', reading: 'text' },
  { kind: 'end', condition: 'any', reading: 'practice' },
];

async function desk(peer: Peer): Promise<HttpDesk10> {
  return HttpDesk10.attach(await peer.session10(), peer.name('link'));
}

/** A queue of the check's own, by the desk. */
async function queue(peer: Peer, at: HttpDesk10): Promise<string> {
  const name = peer.name();
  const { status } = await at.ask('PUT', path('queues', name), durable);
  peer.require(status === 201, `PUT of a new queue is answered with ${status}, not with 201.`);
  return name;
}

async function exchange(peer: Peer, at: HttpDesk10, type = 'direct'): Promise<string> {
  const name = peer.name();
  const { status } = await at.ask('PUT', path('exchanges', name), mapOf10({ type: text(type), durable: truth(true) }));
  peer.require(status === 204, `PUT of a new exchange is answered with ${status}, not with 204.`);
  return name;
}

/** The request is answered with one of these. */
async function expectStatus(peer: Peer, asked: ReturnType<HttpDesk10['ask']>, what: string, ...due: readonly number[]): Promise<AmqpValue | undefined> {
  const { status, body } = await asked;
  peer.require(due.includes(status), `${what} is answered with ${status}, not with ${due.join(' or ')}.`);
  return body;
}

const binding = (source: string, destination: string, key: string): AmqpValue =>
  mapOf10({ source: text(source), destination_queue: text(destination), binding_key: text(key), arguments: mapOf10({}) });

/** Topologies over HTTP semantics: RabbitMQ 4's management of AMQP 1.0. */
export const httpManagement10Checks: readonly Check[] = [
  check('amqp10/http-management/attach', {
    title: 'A pair of links leads to and from /management',
    duties: ['amqp10/http-management.attach:emit'],
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
    async run(peer: Peer) {
      const at = await desk(peer);
      await expectStatus(peer, at.ask('GET', path('queues', peer.name())), 'GET of a queue that is not there', 404);
    },
  }),
  check('amqp10/http-management/purge', {
    title: 'DELETE of the messages of a queue drops those that are ready and tells how many',
    duties: ['amqp10/http-management.purge:emit'],
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
    async run(peer: Peer) {
      const at = await desk(peer);
      const body = await expectStatus(peer, at.ask('DELETE', path('queues', peer.name())), 'DELETE of a queue that is not there', 200);
      peer.require(plain(inMap(body, 'message_count')) === 0, `No message can have gone, and ${plain(inMap(body, 'message_count'))} are told.`);
    },
  }),
  check('amqp10/http-management/exchange', {
    title: 'PUT and DELETE of an exchange make and remove it',
    duties: ['amqp10/http-management.exchange:emit'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      const name = await exchange(peer, at);
      const { session } = at.sender;
      const sender = await session.sender(`${path('exchanges', name)}/key`);
      await sender.detach();
      await expectStatus(peer, at.ask('DELETE', path('exchanges', name)), 'DELETE of an exchange', 204);
      session.send('attach', attachTo(peer, `${path('exchanges', name)}/key`));
      await session.connection.answersTo('amqp10/http-management.exchange:emit', { channel: session.channel, answers: refusals });
    },
  }),
  check('amqp10/http-management/bindings', {
    title: 'POST of a binding has messages routed by it, and DELETE ends that',
    duties: ['amqp10/http-management.bindings:emit'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const [from, to] = [await exchange(peer, at), await queue(peer, at)];
      const sender = await at.sender.session.sender(`${path('exchanges', from)}/key`);
      await expectStatus(peer, at.ask('POST', '/bindings', binding(from, to, 'key')), 'POST of a binding', 204);
      const bound = await sender.send('bound');
      peer.require(bound?.type === 'accepted', `A message that a binding leads to a queue is ${bound?.type}.`);
      const location = `/bindings/src=${encodeURIComponent(from)};dstq=${encodeURIComponent(to)};key=key;args=`;
      await expectStatus(peer, at.ask('DELETE', location), 'DELETE of a binding', 204);
      const unbound = await sender.send('unbound');
      peer.require(unbound?.type === 'released', `A message without a binding is ${unbound?.type}.`);
      await at.ask('DELETE', path('exchanges', from));
      await at.ask('DELETE', path('queues', to));
    },
  }),
  check('amqp10/http-management/bindings/exchange', {
    title: 'POST of a binding between exchanges has messages routed on by it',
    duties: ['amqp10/http-management.bindings:emit'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const [from, via, to] = [await exchange(peer, at), await exchange(peer, at, 'fanout'), await queue(peer, at)];
      const between = mapOf10({ source: text(from), destination_exchange: text(via), binding_key: text('key'), arguments: mapOf10({}) });
      await expectStatus(peer, at.ask('POST', '/bindings', between), 'POST of a binding between exchanges', 204);
      await expectStatus(peer, at.ask('POST', '/bindings', binding(via, to, '')), 'POST of a binding to a queue', 204);
      const outcome = await (await at.sender.session.sender(`${path('exchanges', from)}/key`)).send('on');
      peer.require(outcome?.type === 'accepted', `A message that bindings lead to a queue is ${outcome?.type}.`);
      for (const each of [from, via]) await at.ask('DELETE', path('exchanges', each));
      await at.ask('DELETE', path('queues', to));
    },
  }),
  check('amqp10/http-management/list-bindings', {
    title: 'GET of the bindings between two with a key tells each of them, and where it can be removed',
    duties: ['amqp10/http-management.list-bindings:emit'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const [from, to] = [await exchange(peer, at, 'headers'), await queue(peer, at)];
      for (const size of ['small', 'large'])
        await at.ask(
          'POST',
          '/bindings',
          mapOf10({ source: text(from), destination_queue: text(to), binding_key: text('key'), arguments: mapOf10({ size: text(size) }) }),
        );
      const query = `/bindings?src=${encodeURIComponent(from)}&dstq=${encodeURIComponent(to)}&key=key`;
      const before = await listed(peer, at, query);
      peer.require(before.length === 2, `Two bindings were made, and ${before.length} are told.`);
      const told = before.map(each => plain(inMap(inMap(each, 'arguments'), 'size')));
      peer.require([...told].sort().join() === 'large,small', `Their arguments are told as ${told.join()}.`);
      const location = plain(inMap(before[0], 'location'));
      peer.require(typeof location === 'string', 'Where a binding can be removed is not told.');
      await expectStatus(peer, at.ask('DELETE', location), 'DELETE of a binding by its location', 204);
      const after = await listed(peer, at, query);
      const left = after.map(each => plain(inMap(inMap(each, 'arguments'), 'size'))).join();
      peer.require(left === told[1], `One of two bindings was removed, and those of ${left} are left.`);
      await at.ask('DELETE', path('exchanges', from));
      await at.ask('DELETE', path('queues', to));
    },
  }),
  check('amqp10/http-management/bad-request', {
    title: 'PUT of a queue with a reserved name is answered with 400 or 403',
    duties: ['amqp10/http-management.bad-request:enforce'],
    async run(peer: Peer) {
      const at = await desk(peer);
      await expectStatus(peer, at.ask('PUT', '/queues/amq.amqpspec', durable), 'PUT of a queue with a reserved name', 400, 403);
    },
  }),
  check('amqp10/http-management/bad-request/exchange-type', {
    title: 'PUT of an exchange of a type that is none is answered with 400',
    duties: ['amqp10/http-management.bad-request:enforce'],
    async run(peer: Peer) {
      const at = await desk(peer);
      const wrong = mapOf10({ type: text('no-such-type'), durable: truth(true) });
      await expectStatus(peer, at.ask('PUT', path('exchanges', peer.name()), wrong), 'PUT of an exchange of no type', 400, 403);
    },
  }),
  check('amqp10/http-management/exclusive', {
    title: 'An exclusive queue is for its own connection alone and goes with it',
    duties: ['amqp10/http-management.exclusive:emit'],
    departs: true,
    async run(peer: Peer) {
      const [at, other] = [await desk(peer), await desk(peer)];
      const name = peer.name();
      await expectStatus(
        peer,
        at.ask('PUT', path('queues', name), mapOf10({ durable: truth(true), exclusive: truth(true) })),
        'PUT of an exclusive queue',
        201,
      );
      const { session } = other.sender;
      const stranger = await peer.session10();
      stranger.send('attach', {
        name: peer.name('link'),
        handle: 0,
        role: 'receiver',
        source: { type: 'source', address: path('queues', name) },
        target: { type: 'target' },
      });
      await stranger.connection.answersTo('amqp10/http-management.exclusive:emit', { channel: stranger.channel, answers: refusals });
      await at.sender.session.connection.close();
      await peer.eventually('The exclusive queue outlives its connection.', async () => (await other.ask('GET', path('queues', name))).status === 404);
      await session.connection.close();
    },
  }),
  check('amqp10/http-management/forbidden', {
    title: 'Who may not configure is told so, and the queue is not made',
    duties: ['amqp10/http-management.forbidden:enforce'],
    departs: true,
    async run(peer: Peer) {
      const as = peer.facility('logins')['no-configure'];
      const at = await HttpDesk10.attach(await peer.session10({ as }), peer.name('link'));
      const name = peer.name();
      await at.send('PUT', path('queues', name), durable);
      await at.sender.session.connection.answersTo('amqp10/http-management.forbidden:enforce');
      await expectStatus(peer, (await desk(peer)).ask('GET', path('queues', name)), 'GET of a queue that was not to be made', 404);
    },
  }),
];

function attachTo(peer: Peer, address: string) {
  return {
    name: peer.name('link'),
    handle: 77,
    role: 'sender' as const,
    initialDeliveryCount: 0,
    source: { type: 'source' as const },
    target: { type: 'target' as const, address },
  };
}

async function listed(peer: Peer, at: HttpDesk10, query: string): Promise<readonly AmqpValue[]> {
  const body = await expectStatus(peer, at.ask('GET', query), 'GET of bindings', 200);
  peer.require(body?.type === 'list', 'The bindings are told as no list.');
  return body.value;
}
