import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { deliveries, fill, requireTexts, textOf } from '../amqp091/observations.ts';
import { accepted, queueWith } from './asking.ts';
import { expired } from './lifetimes.ts';

const shortMs = 80;
const leaseMs = 400;
const expires = (ms: number) => fieldTable({ 'x-expires': ms });

/** Leases to try one after the other, so that a moment in which nobody here had time to renew one proves nothing against the broker. */
const leasesMs = [500, 2500, 10_000] as const;

/** Uses the queue once and says whether it was still there. */
type Use = (channel: ProbeChannel, queue: string, args: FieldTable) => Promise<boolean>;

/** Uses a queue time and again for longer than its lease. Says whether each use came in time, as seen from here, and whether the queue was there. */
async function used(peer: Peer, leaseMs: number, use: Use): Promise<{ readonly inTime: boolean; readonly alive: boolean }> {
  const channel = await peer.channel();
  let last = peer.now();
  const queue = await queueWith(peer, channel, expires(leaseMs));
  fill(channel, queue, ['kept']);
  let inTime = true;
  for (let count = 0; count < 3; count += 1) {
    await peer.quiet(leaseMs * 0.4, 'part of the time that the queue may be out of use');
    const begun = peer.now();
    const alive = await use(channel, queue, expires(leaseMs));
    inTime &&= peer.now() - last < leaseMs;
    if (!alive) return { inTime, alive };
    last = begun;
  }
  return { inTime, alive: true };
}

async function requireRenewed(peer: Peer, what: string, use: Use): Promise<void> {
  for (const leaseMs of leasesMs) {
    const { inTime, alive } = await used(peer, leaseMs, use);
    if (!inTime && !alive) continue;
    peer.require(alive, `The queue was deleted although ${what} came in time.`);
    return;
  }
  peer.require(false, 'Requests took longer than ten seconds.');
}

/** Declares a queue and consumes from it in one go, so that it does not expire in between. */
async function consumed(peer: Peer, channel: ProbeChannel, expiresMs: number, consumerTag: string): Promise<string> {
  const queue = peer.name();
  channel.send('queue.declare', { queue, arguments: expires(expiresMs) });
  channel.send('basic.consume', { queue, consumerTag, noAck: true });
  await accepted(peer, channel, 'queue.declare-ok', 'queue.declare with x-expires');
  await channel.expect('basic.consume-ok');
  return queue;
}

/** x-expires. */
export const queueExpiryChecks = [
  check('amqp091/queue-expiry/unused/declared', {
    title: 'A queue with x-expires that nobody uses is deleted',
    duties: ['amqp091/queue-expiry.unused:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, expires(shortMs), { exclusive: false });
      await expired(peer, channel, queue);
    },
  }),
  check('amqp091/queue-expiry/unused/after-consumer', {
    title: 'A queue with x-expires is deleted when it was out of use since its last consumer left',
    duties: ['amqp091/queue-expiry.unused:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await consumed(peer, channel, leaseMs, 'c');
      await channel.call('basic.cancel', { consumerTag: 'c' }, 'basic.cancel-ok');
      await expired(peer, channel, queue);
    },
  }),
  check('amqp091/queue-expiry/unused/with-messages', {
    title: 'A queue with x-expires is deleted though messages wait in it, and a new one of its name is empty',
    duties: ['amqp091/queue-expiry.unused:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, expires(shortMs), { exclusive: false });
      fill(channel, queue, ['1', '2']);
      await expired(peer, channel, queue);
      const again = await channel.call('queue.declare', { queue, exclusive: true }, 'queue.declare-ok');
      peer.require(again.args.messageCount === 0, `The new queue holds ${again.args.messageCount} messages of the old one.`);
    },
  }),
  check('amqp091/queue-expiry/consumers', {
    title: 'A queue with x-expires stays as long as it has a consumer, and delivers to it',
    duties: ['amqp091/queue-expiry.consumers:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await consumed(peer, channel, leaseMs, 'c');
      await peer.quiet(1.5 * leaseMs, 'the queue has a consumer and is not used otherwise');
      fill(channel, queue, ['still there']);
      requireTexts(peer, (await deliveries(channel, 1)).map(textOf), ['still there'], 'Messages that the consumer got');
    },
    worstMs: 1000,
  }),
  check('amqp091/queue-expiry/renewal/get', {
    title: 'A queue with x-expires stays as long as it is asked for messages in time',
    duties: ['amqp091/queue-expiry.renewal:emit'],
    worstMs: 1500,
    run: peer =>
      requireRenewed(peer, 'each get', async (channel, queue) => {
        channel.send('basic.get', { queue });
        const seen = await channel.connection.next();
        return seen.kind === 'method' && (seen.method.name === 'basic.get-ok' || seen.method.name === 'basic.get-empty');
      }),
  }),
  check('amqp091/queue-expiry/renewal/declare', {
    title: 'A queue with x-expires stays as long as it is declared again in time',
    duties: ['amqp091/queue-expiry.renewal:emit'],
    worstMs: 1500,
    run: peer =>
      requireRenewed(peer, 'each declare', async (channel, queue, args) => {
        const { messageCount } = (await channel.call('queue.declare', { queue, exclusive: true, arguments: args }, 'queue.declare-ok')).args;
        return messageCount === 1;
      }),
  }),
  ...([0, -1, 1.5, '1000'] as const).map(value =>
    check(`amqp091/queue-expiry/argument/${value === 0 ? 'zero' : value === -1 ? 'negative' : typeof value === 'string' ? 'string' : 'fraction'}`, {
      title: `A queue with the ${typeof value} ${value} for x-expires is refused with 406`,
      duties: ['amqp091/queue-expiry.argument:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        await queueWith(peer, channel, expires(600_000));
        channel.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: fieldTable({ 'x-expires': value }) });
        await channel.answersTo('amqp091/queue-expiry.argument:enforce');
      },
    }),
  ),
];
