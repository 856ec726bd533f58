import { type Check, check } from '../../harness/check/check.ts';
import { HttpDesk10, inMap, mapOf10, plain } from '../../harness/probe/amqp10-http.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { attachTo, binding, desk, durable, exchange, expectStatus, listed, path, queue, refusals, text, truth } from './http-desk.ts';

/** Exchanges and bindings over HTTP semantics, and what is refused there. */
export const httpExchange10Checks: readonly Check[] = [
  check('amqp10/http-management/exchange', {
    title: 'PUT and DELETE of an exchange make and remove it',
    duties: ['amqp10/http-management.exchange:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
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
    capabilities: ['LINK_PAIR_V1_0'],
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
    capabilities: ['LINK_PAIR_V1_0'],
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
    capabilities: ['LINK_PAIR_V1_0'],
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
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      await expectStatus(peer, at.ask('PUT', '/queues/amq.amqpspec', durable), 'PUT of a queue with a reserved name', 400, 403);
    },
  }),
  check('amqp10/http-management/bad-request/exchange-type', {
    title: 'PUT of an exchange of a type that is none is answered with 400',
    duties: ['amqp10/http-management.bad-request:enforce'],
    capabilities: ['LINK_PAIR_V1_0'],
    departs: true,
    async run(peer: Peer) {
      const at = await desk(peer);
      const wrong = mapOf10({ type: text('no-such-type'), durable: truth(true) });
      await expectStatus(peer, at.ask('PUT', path('exchanges', peer.name()), wrong), 'PUT of an exchange of no type', 400, 403);
    },
  }),
  check('amqp10/http-management/exclusive', {
    title: 'An exclusive queue is for its own connection alone and goes with it',
    duties: ['amqp10/http-management.exclusive:emit'],
    capabilities: ['LINK_PAIR_V1_0'],
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
    capabilities: ['LINK_PAIR_V1_0'],
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
