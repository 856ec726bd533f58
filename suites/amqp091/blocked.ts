import { type Check, check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { fill, numbered, queueHolds } from './observations.ts';

const notice: DutyId = 'amqp091/connection.blocked.notice:emit';
const end: DutyId = 'amqp091/connection.unblocked.notice:emit';
const publishing: DutyId = 'amqp091/connection.blocked.publishing:emit';
const consuming: DutyId = 'amqp091/connection.blocked.consuming:emit';
const announced: DutyId = 'amqp091/connection.blocked.announced:emit';
const once: DutyId = 'amqp091/connection.blocked.once:emit';

/** An alarm concerns the whole broker. Raising and ending it may take a program each time. */
const alone = { capabilities: ['connection.blocked'], isolation: 'exclusive', worstMs: 9000 } as const;

/** How long nothing must happen where nothing would tell that it will not, in milliseconds. */
const quietMs = 100;

type Notice = 'connection.blocked' | 'connection.unblocked';

/** Notices that came and that nobody has taken yet. */
function notices({ connection }: ProbeChannel): readonly Notice[] {
  return connection
    .bareChannel(0)
    .taken()
    .flatMap(seen =>
      seen.kind === 'method' && (seen.method.name === 'connection.blocked' || seen.method.name === 'connection.unblocked') ? [seen.method.name] : [],
    );
}

/** Publishes to a queue again and again until the server says that it takes no more, and answers how often. */
async function untilBlocked(peer: Peer, writer: ProbeChannel, queue: string): Promise<number> {
  let published = 0;
  await peer.eventually('a publishing connection is told that it is blocked', async () => {
    const [first, ...more] = notices(writer);
    peer.require(first !== 'connection.unblocked' && more.length === 0, 'Another notice came than a single blocked.', notice);
    if (first !== undefined) return true;
    fill(writer, queue, ['before']);
    published += 1;
    return false;
  });
  return published;
}

async function untilUnblocked(peer: Peer, writer: ProbeChannel): Promise<void> {
  const { args } = await writer.connection.expect(0, 'connection.unblocked', 'close');
  peer.require(args !== undefined, 'The connection is not told that it may publish again.', end);
}

/** How many messages wait in a queue. */
async function counted(watcher: ProbeChannel, queue: string): Promise<number> {
  return (await watcher.call('queue.declare', { queue, passive: true }, 'queue.declare-ok')).args.messageCount;
}

/** A connection that publishes, and another that only looks on. */
async function scene(peer: Peer): Promise<{ readonly watcher: ProbeChannel; readonly writer: ProbeChannel; readonly queue: string }> {
  const watcher = await peer.channel();
  const queue = await watcher.queue({ queue: peer.name(), durable: true, exclusive: false });
  return { watcher, writer: await peer.channel(), queue };
}

/** Class connection: blocked and unblocked, under alarms of memory and disk. */
export const blockedChecks: readonly Check[] = [
  check('amqp091/blocked/publishing', {
    title: 'Low on memory, the server tells a publisher, takes none of its messages until that is over, and then those that waited',
    duties: [notice, end, publishing],
    ...alone,
    async run(peer: Peer) {
      const alarm = peer.facility('alarm');
      const { watcher, writer, queue } = await scene(peer);
      fill(writer, queue, ['1']);
      await queueHolds(peer, watcher, queue, 1);
      await alarm.raise('memory');
      const published = 1 + (await untilBlocked(peer, writer, queue));
      fill(writer, queue, numbered(3));
      await peer.quiet(quietMs, 'a blocked connection publishes into the void');
      peer.require((await counted(watcher, queue)) <= published, 'A message was taken from a connection that is blocked.', publishing);
      await alarm.clear('memory');
      await untilUnblocked(peer, writer);
      await queueHolds(peer, watcher, queue, published + 3);
    },
  }),
  check('amqp091/blocked/consuming', {
    title: 'Low on disk, the server tells a publisher that comes then, and goes on serving consumers',
    duties: [consuming, notice],
    ...alone,
    async run(peer: Peer) {
      const alarm = peer.facility('alarm');
      const watcher = await peer.channel();
      const queue = await watcher.queue({ queue: peer.name(), durable: true, exclusive: false });
      const ready = await watcher.queue();
      fill(watcher, ready, numbered(3));
      await queueHolds(peer, watcher, ready, 3);
      await alarm.raise('disk');
      const writer = await peer.channel();
      await untilBlocked(peer, writer, queue);
      const reader = await peer.channel();
      await reader.queue();
      await watcher.consume(ready);
      for (const _ of numbered(3)) {
        const { method } = await watcher.arrival('basic.deliver');
        watcher.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      }
      await reader.barrier();
      await watcher.barrier();
      await alarm.clear('disk');
      await untilUnblocked(peer, writer);
    },
  }),
  check('amqp091/blocked/unannounced', {
    title: 'A client that did not announce the capability is not told of an alarm, and its messages wait all the same',
    duties: [announced],
    ...alone,
    async run(peer: Peer) {
      const alarm = peer.facility('alarm');
      const { watcher, writer, queue } = await scene(peer);
      const deaf = await peer.channel({ capabilities: { 'connection.blocked': false } });
      const other = await watcher.queue({ queue: peer.name(), durable: true, exclusive: false });
      await alarm.raise('memory');
      await untilBlocked(peer, writer, queue);
      fill(deaf, other, ['the last that may pass']);
      await peer.quiet(quietMs, 'the first publish of a connection meets the alarm');
      fill(deaf, other, numbered(3));
      await peer.quiet(quietMs, 'a connection that is held back publishes into the void');
      peer.require((await counted(watcher, other)) <= 1, 'Messages were taken during an alarm from a connection that was not told.');
      await alarm.clear('memory');
      await untilUnblocked(peer, writer);
      await queueHolds(peer, watcher, other, 4);
      peer.require(notices(deaf).length === 0, 'A client that did not announce the capability was sent a notice.');
    },
  }),
  check('amqp091/blocked/once', {
    title: 'With alarms of memory and disk a publisher is told once, and of the end when both are over',
    duties: [once],
    ...alone,
    async run(peer: Peer) {
      const alarm = peer.facility('alarm');
      const { watcher, writer, queue } = await scene(peer);
      await alarm.raise('memory');
      const published = await untilBlocked(peer, writer, queue);
      await alarm.raise('disk');
      await peer.quiet(quietMs, 'a second alarm changes nothing');
      peer.require(notices(writer).length === 0, 'A second alarm brought another notice.');
      await alarm.clear('memory');
      fill(writer, queue, ['still blocked']);
      await peer.quiet(quietMs, 'one of two alarms has ended');
      peer.require(notices(writer).length === 0, 'The connection was told that it is unblocked while an alarm lasts.');
      peer.require((await counted(watcher, queue)) <= published, 'A message was taken although one of two alarms lasts.');
      await alarm.clear('disk');
      await untilUnblocked(peer, writer);
      await queueHolds(peer, watcher, queue, published + 1);
    },
  }),
];
