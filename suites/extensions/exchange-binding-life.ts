import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { exchangeExists } from '../amqp091/observations.ts';
import { flow, outlet, outlets, pour, requireReached, unflow } from './exchange-wiring.ts';

const capabilities = ['exchange_exchange_bindings'];

async function requireGone(peer: Peer, channel: ProbeChannel, exchange: string): Promise<void> {
  await peer.eventually('the auto-delete exchange is deleted', async () => !(await exchangeExists(peer, channel.connection, exchange, 'fanout')));
}

async function requireThere(peer: Peer, channel: ProbeChannel, exchange: string, when: string): Promise<void> {
  peer.require(await exchangeExists(peer, channel.connection, exchange, 'fanout'), `The auto-delete exchange is gone ${when}.`);
}

/** Which of two bound exchanges is deleted and made again. */
const lifeChecks = (['source', 'destination'] as const).map(end =>
  check(`amqp091/exchange-binding/life/${end}-deleted`, {
    title: `A new exchange in the place of a deleted ${end} does not inherit the binding`,
    duties: ['amqp091/exchange.bind.life:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = await outlets(channel, 2);
      await flow(channel, source.exchange, destination.exchange);
      channel.publish({ exchange: source.exchange, body: 'bound' });
      const { exchange, queue } = end === 'source' ? source : destination;
      await channel.call('exchange.delete', { exchange }, 'exchange.delete-ok');
      await channel.call('exchange.declare', { exchange, type: 'fanout' }, 'exchange.declare-ok');
      await channel.bind(queue, exchange);
      pour(channel, source.exchange, 'not bound');
      pour(channel, destination.exchange);
      await requireReached(peer, channel, source, ['bound', 'not bound'], 'Messages at the source');
      await requireReached(peer, channel, destination, ['bound'], 'Messages at the destination');
    },
  }),
);

/** Bindings between exchanges end with either of them, and auto-delete exchanges with their last binding. */
export const exchangeBindingLifeChecks = [
  ...lifeChecks,
  check('amqp091/exchange-binding/auto-delete/last-exchange', {
    title: 'An auto-delete exchange bound to exchanges only goes with the last of these bindings',
    duties: ['amqp091/exchange.bind.auto-delete:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const source = await channel.exchange('fanout', { autoDelete: true });
      const [one, other] = [await channel.exchange('fanout'), await channel.exchange('fanout')];
      for (const each of [one, other]) await flow(channel, source, each);
      await unflow(channel, source, one);
      await requireThere(peer, channel, source, 'although it is bound to an exchange');
      await channel.call('exchange.delete', { exchange: other }, 'exchange.delete-ok');
      await requireGone(peer, channel, source);
    },
  }),
  check('amqp091/exchange-binding/auto-delete/both-kinds', {
    title: 'An auto-delete exchange whose last queue is unbound stays for the sake of a bound exchange',
    duties: ['amqp091/exchange.bind.auto-delete:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const source = await outlet(channel, 'fanout', { autoDelete: true });
      const destination = await channel.exchange('fanout');
      await flow(channel, source.exchange, destination);
      await channel.call('queue.unbind', { queue: source.queue, exchange: source.exchange }, 'queue.unbind-ok');
      await requireThere(peer, channel, source.exchange, 'although it is bound to an exchange');
      await unflow(channel, source.exchange, destination);
      await requireGone(peer, channel, source.exchange);
    },
  }),
  check('amqp091/exchange-binding/auto-delete/destination', {
    title: 'An auto-delete exchange that others lead to stays when they are unbound, its own bindings being there',
    duties: ['amqp091/exchange.bind.auto-delete:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = [await channel.exchange('fanout'), await outlet(channel, 'fanout', { autoDelete: true })];
      const unused = await channel.exchange('fanout', { autoDelete: true });
      for (const each of [destination.exchange, unused]) {
        await flow(channel, source, each);
        await unflow(channel, source, each);
      }
      await requireThere(peer, channel, unused, 'although it has had no binding of its own');
      pour(channel, destination.exchange, 'still here');
      await requireReached(peer, channel, destination, ['still here'], 'Messages in the queue');
    },
  }),
  check('amqp091/exchange-binding/delete/if-unused-destination', {
    title: 'An exchange that others lead to, and that leads nowhere, is deleted with if-unused',
    duties: ['amqp091/exchange.delete.effect:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [source, exchange] = [await channel.exchange('fanout'), await channel.exchange('fanout')];
      await flow(channel, source, exchange);
      await channel.call('exchange.delete', { exchange, ifUnused: true }, 'exchange.delete-ok');
      peer.require(!(await exchangeExists(peer, channel.connection, exchange, 'fanout')), 'The exchange still exists after delete-ok.');
    },
  }),
];
