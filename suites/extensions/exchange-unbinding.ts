import { check } from '../../harness/check/check.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { optionalExchange } from '../amqp091/optional.ts';
import { labelsThrough, marker } from '../amqp091/routing-observations.ts';
import { flow, outlet, outlets, pour, requireReached, unflow } from './exchange-wiring.ts';

const capabilities = ['exchange_exchange_bindings'];

/** Requests about an exchange that is not there, by the slug of their check. */
const missing: Readonly<
  Record<string, { readonly title: string; readonly duty: DutyId; readonly send: (channel: ProbeChannel, there: string, gone: string) => void }>
> = {
  'bind/missing-destination': {
    title: 'Binding an exchange that does not exist to another is not-found',
    duty: 'amqp091/exchange.bind.destination-exists:enforce',
    send: (channel, source, destination) => channel.send('exchange.bind', { source, destination }),
  },
  'bind/missing-source': {
    title: 'Binding an exchange to one that does not exist is not-found',
    duty: 'amqp091/exchange.bind.source-exists:enforce',
    send: (channel, destination, source) => channel.send('exchange.bind', { source, destination }),
  },
  'bind/no-wait-missing': {
    title: 'A bind of exchanges with no-wait that cannot be done closes the channel all the same',
    duty: 'amqp091/exchange.bind.source-exists:enforce',
    send: (channel, destination, source) => channel.send('exchange.bind', { source, destination, noWait: true }),
  },
  'unbind/missing-destination': {
    title: 'Unbinding an exchange that does not exist is not-found',
    duty: 'amqp091/exchange.unbind.destination-exists:enforce',
    send: (channel, source, destination) => channel.send('exchange.unbind', { source, destination }),
  },
  'unbind/missing-source': {
    title: 'Unbinding an exchange from one that does not exist is not-found',
    duty: 'amqp091/exchange.unbind.source-exists:enforce',
    send: (channel, destination, source) => channel.send('exchange.unbind', { source, destination }),
  },
};

const missingChecks = Object.entries(missing).map(([slug, { title, duty, send }]) =>
  check(`amqp091/exchange-binding/${slug}`, {
    title,
    duties: [duty],
    capabilities,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      send(channel, await channel.exchange('fanout'), peer.name());
      await channel.answersTo(duty);
    },
  }),
);

/** Which end the default exchange is. */
const defaults: Readonly<Record<string, (exchange: string) => { readonly source: string; readonly destination: string }>> = {
  source: destination => ({ source: '', destination }),
  destination: source => ({ source, destination: '' }),
};

const defaultChecks = Object.entries(defaults).map(([end, ends]) =>
  check(`amqp091/exchange-binding/default-exchange/${end}`, {
    title: `With the default exchange as ${end} of a binding: taken or refused, the default exchange and its queues go on`,
    duties: ['amqp091/exchange.default-exchange:emit', 'amqp091/exchange.bind.default-exchange:permit'],
    capabilities,
    departs: true,
    async run(peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const [exchange, queue] = [await channel.exchange('fanout'), await other.queue()];
      channel.send('exchange.bind', ends(exchange));
      await channel.answersTo('amqp091/exchange.bind.default-exchange:permit');
      for (const body of ['1', '2']) other.publish({ routingKey: queue, body });
      requireTexts(peer, (await takeAll(peer, other, queue, 2)).map(textOf), ['1', '2'], 'Messages in the queue');
    },
  }),
);

/** Bindings between exchanges: how they are undone, what is refused, and what mandatory means with them. */
export const exchangeUnbindingChecks = [
  ...missingChecks,
  ...defaultChecks,
  check('amqp091/exchange-binding/no-wait/bind-and-unbind', {
    title: 'Exchanges bound and unbound with no-wait: it takes effect, and neither reply comes',
    duties: ['amqp091/domain.no-wait:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = await outlets(channel, 2);
      const ends = { source: source.exchange, destination: destination.exchange, noWait: true };
      channel.send('exchange.bind', ends);
      await channel.barrier(['exchange.bind-ok']);
      channel.publish({ exchange: source.exchange, body: 'bound' });
      channel.send('exchange.unbind', ends);
      await channel.barrier(['exchange.unbind-ok']);
      channel.publish({ exchange: source.exchange, body: 'unbound' });
      pour(channel, destination.exchange);
      await requireReached(peer, channel, destination, ['bound'], 'Messages at the destination');
    },
  }),
  check('amqp091/exchange-binding/unbind/other-key', {
    title: 'Of two bindings between the same exchanges, unbinding one by its key leaves the other',
    duties: ['amqp091/exchange.unbind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = [await channel.exchange('direct'), await outlet(channel)];
      for (const key of ['gone', 'kept', marker]) await flow(channel, source, destination.exchange, key);
      await unflow(channel, source, destination.exchange, 'gone');
      for (const routingKey of ['gone', 'kept', marker]) channel.publish({ exchange: source, routingKey, body: routingKey });
      await requireReached(peer, channel, destination, ['kept'], 'Keys that reach the destination');
    },
  }),
  check('amqp091/exchange-binding/unbind/other-arguments', {
    title: 'Of two bindings between the same exchanges, unbinding one by its arguments leaves the other',
    duties: ['amqp091/exchange.unbind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = [await optionalExchange(peer, channel, 'headers'), await outlet(channel)];
      const args = (form: string) => fieldTable({ 'x-match': 'all', form });
      for (const form of ['pdf', 'txt']) await flow(channel, source, destination.exchange, '', args(form));
      await unflow(channel, source, destination.exchange, '', args('pdf'));
      await flow(channel, source, destination.exchange, '', fieldTable({ 'x-match': 'all', [marker]: true }));
      const labels = await labelsThrough(peer, channel, source, destination.queue, { pdf: { form: 'pdf' }, txt: { form: 'txt' } });
      requireTexts(peer, labels, ['txt'], 'Messages that reach the destination');
    },
  }),
  check('amqp091/exchange-binding/unbind/one-of-two-destinations', {
    title: 'Unbinding one of two destinations leaves the other bound',
    duties: ['amqp091/exchange.unbind.effect:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, gone, ...kept] = await outlets(channel, 3);
      for (const { exchange } of [gone, ...kept]) await flow(channel, source.exchange, exchange);
      await unflow(channel, source.exchange, gone.exchange);
      pour(channel, source.exchange, 'hello');
      pour(channel, gone.exchange);
      await requireReached(peer, channel, gone, [], 'Messages at the unbound destination');
      for (const each of kept) await requireReached(peer, channel, each, ['hello'], 'Messages at the bound destination');
    },
  }),
  check('amqp091/exchange-binding/mandatory/unroutable', {
    title: 'A mandatory message that bound exchanges lead to no queue comes back, naming the exchange it was published to',
    duties: ['amqp091/basic.publish.mandatory:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = [await channel.exchange('fanout'), await channel.exchange('fanout')];
      await flow(channel, source, destination);
      await flow(channel, destination, source);
      channel.publish({ exchange: source, routingKey: 'key', mandatory: true, body: 'nowhere' });
      const returned = await channel.arrival('basic.return');
      const { exchange, routingKey } = returned.method.args;
      requireTexts(peer, [exchange, routingKey, textOf(returned)], [source, 'key', 'nowhere'], 'Exchange, key and body of the return');
    },
  }),
  check('amqp091/exchange-binding/mandatory/routed', {
    title: 'A mandatory message that a bound exchange leads to a queue does not come back',
    duties: ['amqp091/basic.publish.mandatory:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, destination] = [await channel.exchange('fanout'), await outlet(channel)];
      await flow(channel, source, destination.exchange);
      channel.publish({ exchange: source, mandatory: true, body: 'hello' });
      requireTexts(peer, (await takeAll(peer, channel, destination.queue, 1)).map(textOf), ['hello'], 'Messages in the queue');
      await channel.barrier(['basic.return']);
    },
  }),
];
