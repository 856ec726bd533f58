import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { exchangeWith, queueWith } from '../extensions/asking.ts';
import { dutyOf, type Permission, type Scene, scene } from './permission-scene.ts';

/** What is asked without permission. `more`: it stands on an extension that the broker may lack. */
type Refused = readonly [slug: string, title: string, ask: (scene: Scene, peer: Peer) => void, more?: Partial<Extension>];

interface Extension {
  readonly optional: true;
  readonly capabilities?: readonly string[];
  /** Ends the check where the broker refuses to somebody who lacks no permission what only the extension explains. */
  readonly offered?: (scene: Scene, peer: Peer) => Promise<unknown>;
}

const exchangeBindings: Extension = { optional: true, capabilities: ['exchange_exchange_bindings'] };
const deadLetters = (exchange: string) => fieldTable({ 'x-dead-letter-exchange': exchange });
const alternate = (exchange: string) => fieldTable({ 'alternate-exchange': exchange });
const deadLettering: Extension = { optional: true, offered: ({ owner, exchange }, peer) => queueWith(peer, owner, deadLetters(exchange)) };
const alternates: Extension = { optional: true, offered: ({ owner, other }, peer) => exchangeWith(peer, owner, alternate(other)) };

const refusals: Readonly<Record<Permission, readonly Refused[]>> = {
  configure: [
    ['queue-declare', 'queue.declare of a new queue', ({ user }, peer) => user.send('queue.declare', { queue: peer.name(), exclusive: true })],
    ['queue-declare-existing', 'queue.declare of a queue that exists', ({ user, queue }) => user.send('queue.declare', { queue, durable: true })],
    ['queue-declare-server-named', 'queue.declare of a queue that the server names', ({ user }) => user.send('queue.declare', { exclusive: true })],
    [
      'queue-declare-no-wait',
      'queue.declare with no-wait',
      ({ user }, peer) => user.send('queue.declare', { queue: peer.name(), exclusive: true, noWait: true }),
    ],
    ['queue-delete', 'queue.delete', ({ user, queue }) => user.send('queue.delete', { queue })],
    ['exchange-declare', 'exchange.declare of a new exchange', ({ user }, peer) => user.send('exchange.declare', { exchange: peer.name(), type: 'direct' })],
    [
      'exchange-declare-existing',
      'exchange.declare of an exchange that exists',
      ({ user, exchange }) => user.send('exchange.declare', { exchange, type: 'direct' }),
    ],
    ['exchange-delete', 'exchange.delete', ({ user, exchange }) => user.send('exchange.delete', { exchange })],
  ],
  write: [
    ['publish', 'basic.publish to an exchange', ({ user, exchange }) => user.publish({ exchange, routingKey: 'bound', body: 'no' })],
    ['publish-default', 'basic.publish to the default exchange', ({ user, queue }) => user.publish({ routingKey: queue, body: 'no' })],
    [
      'publish-mandatory',
      'basic.publish of a mandatory message that no queue would take',
      ({ user, exchange }) => user.publish({ exchange, routingKey: 'nowhere', mandatory: true, body: 'no' }),
    ],
    ['queue-bind', 'queue.bind', ({ user, queue, exchange }) => user.send('queue.bind', { queue, exchange, routingKey: 'new' })],
    ['queue-unbind', 'queue.unbind', ({ user, queue, exchange }) => user.send('queue.unbind', { queue, exchange, routingKey: 'bound' })],
    [
      'exchange-bind',
      'exchange.bind',
      ({ user, exchange, other }) => user.send('exchange.bind', { destination: other, source: exchange, routingKey: 'new' }),
      exchangeBindings,
    ],
    [
      'dead-letter-exchange',
      'queue.declare with a dead letter exchange',
      ({ user, exchange }, peer) => user.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: deadLetters(exchange) }),
      deadLettering,
    ],
    [
      'alternate-exchange',
      'exchange.declare with an alternate exchange',
      ({ user, other }, peer) => user.send('exchange.declare', { exchange: peer.name(), type: 'direct', arguments: alternate(other) }),
      alternates,
    ],
  ],
  read: [
    ['get', 'basic.get', ({ user, queue }) => user.send('basic.get', { queue })],
    ['consume', 'basic.consume', ({ user, queue }) => user.send('basic.consume', { queue })],
    ['consume-no-wait', 'basic.consume with no-wait', ({ user, queue }) => user.send('basic.consume', { queue, consumerTag: 'reader', noWait: true })],
    ['purge', 'queue.purge', ({ user, queue }) => user.send('queue.purge', { queue })],
    ['queue-bind', 'queue.bind', ({ user, queue, exchange }) => user.send('queue.bind', { queue, exchange, routingKey: 'new' })],
    ['queue-unbind', 'queue.unbind', ({ user, queue, exchange }) => user.send('queue.unbind', { queue, exchange, routingKey: 'bound' })],
    [
      'exchange-bind',
      'exchange.bind',
      ({ user, exchange, other }) => user.send('exchange.bind', { destination: other, source: exchange, routingKey: 'new' }),
      exchangeBindings,
    ],
    [
      'dead-letter-exchange',
      'queue.declare with a dead letter exchange',
      ({ user, exchange }, peer) => user.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: deadLetters(exchange) }),
      deadLettering,
    ],
    [
      'alternate-exchange',
      'exchange.declare with an alternate exchange',
      ({ user, other }, peer) => user.send('exchange.declare', { exchange: peer.name(), type: 'direct', arguments: alternate(other) }),
      alternates,
    ],
  ],
};

/** What needs a permission is refused to who lacks it. */
export const permissionChecks: readonly Check[] = (Object.keys(refusals) as Permission[]).flatMap(lacking =>
  refusals[lacking].map(([slug, title, ask, { offered, ...more } = {}]) =>
    check(`amqp091/permission/${lacking}/${slug}`, {
      title: `${title} is refused with 403 to who may not ${lacking}`,
      duties: [dutyOf(lacking)],
      departs: true,
      ...more,
      async run(peer: Peer) {
        const arranged = await scene(peer, lacking);
        await offered?.(arranged, peer);
        ask(arranged, peer);
        await arranged.user.answersTo(dutyOf(lacking));
      },
    }),
  ),
);
