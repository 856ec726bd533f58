import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { fill, hold, requireTexts, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { type Arguments, deathsOf, type Grave, grave, historyOf, letterIn, reject, sayings, shortMs } from './graves.ts';
import { outlive } from './lifetimes.ts';

const deaths: readonly {
  readonly reason: 'rejected' | 'expired' | 'maxlen';
  readonly args: Arguments;
  readonly kill: (peer: Peer, grave: Grave) => Promise<void> | void;
}[] = [
  { reason: 'rejected', args: {}, kill: (peer, { channel, queue }) => reject(peer, channel, queue) },
  { reason: 'expired', args: { 'x-message-ttl': shortMs }, kill: () => {} },
  { reason: 'maxlen', args: { 'x-max-length': 1 }, kill: (_, { channel, queue }) => fill(channel, queue, ['the next']) },
];

/** What a dead letter tells of its deaths. */
export const deadLetterHistoryChecks = [
  ...deaths.map(({ reason, args, kill }) =>
    check(`amqp091/dead-letter/x-death/${reason}`, {
      title: `A dead letter that was ${reason === 'maxlen' ? 'dropped for length' : reason} tells of it in x-death`,
      duties: ['amqp091/dead-letter.x-death:emit'],
      async run(peer: Peer) {
        const made = await grave(peer, args);
        const { channel, queue, letters } = made;
        const source = await channel.exchange('fanout');
        await channel.bind(queue, source);
        channel.publish({ exchange: source, routingKey: 'a.key', body: '1' });
        await kill(peer, made);
        const [entry, ...more] = deathsOf(peer, await letterIn(peer, channel, letters));
        peer.require(entry !== undefined && more.length === 0, `x-death has ${more.length + 1} entries after one death.`);
        const { count, exchange, 'routing-keys': keys } = entry;
        peer.require(entry.queue === queue, `x-death gives the queue as ${String(entry.queue)}.`);
        peer.require(entry.reason === reason, `x-death gives the reason as ${String(entry.reason)}.`);
        peer.require(count === 1, `x-death gives the count as ${String(count)}.`);
        peer.require(exchange === source, `x-death gives the exchange as '${String(exchange)}'.`);
        peer.require(Array.isArray(keys) && keys.length === 1 && keys[0] === 'a.key', `x-death gives the routing keys as ${JSON.stringify(keys)}.`);
      },
    }),
  ),
  check('amqp091/dead-letter/x-death/types', {
    title: 'The entries of x-death are of the types that their document gives',
    duties: ['amqp091/dead-letter.x-death:emit'],
    async run(peer: Peer) {
      const { channel, queue, letters } = await grave(peer);
      await reject(peer, channel, queue, '1');
      const letter = await letterIn(peer, channel, letters);
      const told = letter.properties.headers?.find(([name]) => name === 'x-death')?.[1];
      const [entry] = told?.type === 'array' ? told.value : [];
      const types = new Map(entry?.type === 'table' ? entry.value.map(([name, value]) => [name, value.type]) : []);
      const wanted = { queue: 'long-string', reason: 'long-string', exchange: 'long-string', time: 'timestamp', 'routing-keys': 'array' } as const;
      for (const [name, type] of Object.entries(wanted)) peer.require(types.get(name) === type, `${name} is of the type ${types.get(name) ?? 'nothing'}.`);
      const count = types.get('count') ?? 'nothing';
      peer.require(/^(?:short-|long-)+u?int$/.test(count), `count is of the type ${count}.`);
    },
  }),
  check('amqp091/dead-letter/x-death-order/two-queues', {
    title: 'A message that died in two queues tells of the later death first',
    duties: ['amqp091/dead-letter.x-death-order:emit'],
    async run(peer: Peer) {
      const { channel, queue: second, letters } = await grave(peer);
      const first = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': second }));
      await reject(peer, channel, first, '1');
      await reject(peer, channel, second);
      const told = historyOf(peer, await letterIn(peer, channel, letters), { [first]: 'first', [second]: 'second' });
      requireTexts(peer, told, ['second rejected 1', 'first rejected 1'], 'x-death');
    },
  }),
  check('amqp091/dead-letter/x-death-order/count', {
    title: 'A message that dies again in a queue for the same reason counts there, and the latest death stands first',
    duties: ['amqp091/dead-letter.x-death-order:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [retried, pause] = [peer.name('retried'), peer.name('pause')];
      const to = (key: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': key });
      await queueWith(peer, channel, fieldTable(to(pause)), { queue: retried });
      await channel.call(
        'queue.declare',
        { queue: pause, exclusive: true, arguments: fieldTable({ ...to(retried), 'x-message-ttl': 20 }) },
        'queue.declare-ok',
      );
      await reject(peer, channel, retried, '1');
      await reject(peer, channel, retried);
      const told = historyOf(peer, await hold(peer, channel, retried), { [retried]: 'retried', [pause]: 'pause' });
      requireTexts(peer, told, ['pause expired 2', 'retried rejected 2'], 'x-death');
    },
  }),
  check('amqp091/dead-letter/x-death-order/reasons', {
    title: 'Deaths in one queue for two reasons are two entries',
    duties: ['amqp091/dead-letter.x-death-order:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '' }));
      const letters = await channel.queue({ queue: peer.name() });
      const last = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': letters, 'x-message-ttl': 20 }));
      const first = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': last }));
      await reject(peer, channel, queue, 'returns');
      await reject(peer, channel, queue);
      const own = historyOf(peer, await hold(peer, channel, queue), { [queue]: 'queue' });
      requireTexts(peer, own, ['queue rejected 2'], 'x-death of a message that was rejected twice');
      await reject(peer, channel, first, 'moves');
      const moved = historyOf(peer, await letterIn(peer, channel, letters), { [first]: 'first', [last]: 'last' });
      requireTexts(peer, moved, ['last expired 1', 'first rejected 1'], 'x-death of a message that died in two queues');
    },
  }),
  check('amqp091/dead-letter/expiration', {
    title: 'A dead letter that had an expiration has none any more, and tells of it in x-death',
    duties: ['amqp091/dead-letter.expiration:emit'],
    async run(peer: Peer) {
      const { channel, queue, letters } = await grave(peer);
      channel.publish({ routingKey: queue, properties: { expiration: `${shortMs}` }, body: '1' });
      const letter = await letterIn(peer, channel, letters);
      peer.require(letter.properties.expiration === undefined, `The dead letter has the expiration '${letter.properties.expiration ?? ''}'.`);
      const original = deathsOf(peer, letter)[0]?.['original-expiration'];
      peer.require(original === `${shortMs}`, `x-death gives the original expiration as ${String(original)}.`);
    },
  }),
  check('amqp091/dead-letter/expiration-once', {
    title: 'A dead letter does not expire again where it waits',
    duties: ['amqp091/dead-letter.expiration:emit'],
    async run(peer: Peer) {
      const { channel, queue, letters } = await grave(peer);
      channel.publish({ routingKey: queue, properties: { expiration: `${shortMs}` }, body: '1' });
      const again = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue }));
      await channel.barrier();
      await outlive(peer, channel, shortMs, again);
      await outlive(peer, channel, shortMs, letters);
      peer.require(textOf(await letterIn(peer, channel, letters)) === '1', 'Another message came.');
    },
  }),
  ...(['first', 'last'] as const).map(which =>
    check(`amqp091/dead-letter/${which}-death`, {
      title: `A dead letter says in x-${which}-death-queue, -reason and -exchange where it died ${which}, also after a second death`,
      duties: [`amqp091/dead-letter.${which}-death:emit`],
      async run(peer: Peer) {
        const { channel, queue: second, letters } = await grave(peer);
        const source = await channel.exchange('fanout');
        const middle = await channel.exchange('fanout');
        const first = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': middle, 'x-message-ttl': 20 }));
        await channel.bind(first, source);
        await channel.bind(second, middle);
        channel.publish({ exchange: source, body: '1' });
        const once = await hold(peer, channel, second);
        const labels = { [first]: 'first queue', [second]: 'second queue', [source]: 'first exchange', [middle]: 'second exchange' };
        const early = ['first queue', 'expired', 'first exchange'];
        requireTexts(peer, sayings(once, `x-${which}-death-`, labels), early, 'After one death');
        channel.send('basic.reject', { deliveryTag: once.method.args.deliveryTag, requeue: false });
        const twice = sayings(await letterIn(peer, channel, letters), `x-${which}-death-`, labels);
        requireTexts(peer, twice, which === 'first' ? early : ['second queue', 'rejected', 'second exchange'], 'After two deaths');
      },
    }),
  ),
];
