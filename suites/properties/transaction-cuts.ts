import fc from 'fast-check';
import type { Play } from '../../harness/fuzz/play.ts';
import type { Model } from '../../harness/fuzz/property.ts';
import type { ProbeChannel, ProbeConnection } from '../../harness/probe/peer.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { ascii, bodyFrame, headerFrame, methodFrame, publishFrame } from '../amqp091/frames.ts';
import { queueGone } from '../amqp091/observations.ts';
import { bodyOf, listed } from './dialogue.ts';

interface Case {
  /** Messages that the transaction publishes, and those that it acknowledges. */
  readonly published: number;
  readonly acknowledged: number;
  /** Thousandths of its octets that reach the server before the connection breaks. */
  readonly reached: number;
}

const whole = 1_000;

const named = (letter: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

/** Takes these messages and leaves them unacknowledged. Gives their tags. */
async function taken(play: Play, channel: ProbeChannel, queue: string, count: number): Promise<readonly bigint[]> {
  const tags: bigint[] = [];
  await play.peer.eventually(`${count} messages come out of q1`, async () => {
    for (let one = await channel.get(queue); one !== null; one = await channel.get(queue)) tags.push(one.method.args.deliveryTag);
    return tags.length >= count;
  });
  return tags;
}

function transaction(channel: number, queue: string, published: readonly string[], tags: readonly bigint[]): Uint8Array {
  const publications = published.flatMap(body => [
    publishFrame(channel, queue),
    headerFrame(channel, { bodySize: body.length }),
    bodyFrame(channel, ascii(body)),
  ]);
  const acknowledgements = tags.map(deliveryTag => methodFrame(channel, 'basic.ack', { deliveryTag }));
  return joined(...publications, ...acknowledgements, methodFrame(channel, 'tx.commit'));
}

/** Ends the connection behind these octets, and waits until the server has done with them. */
async function broken(play: Play, main: ProbeChannel, connection: ProbeConnection, octets: Uint8Array, sign: string): Promise<void> {
  connection.sendBytes(octets);
  await connection.flush();
  connection.end();
  // The queue whose only consumer was there goes when all that the connection said was heard.
  await queueGone(play.peer, main.connection, sign);
}

/** All of one of these states comes out of the queue, and nothing else. What was outstanding may come back a moment later. */
async function requireWhole(play: Play, channel: ProbeChannel, queue: string, states: readonly (readonly string[])[]): Promise<void> {
  play.step('take all from q1');
  const came: string[] = [];
  const isWhole = async () => {
    for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) came.push(bodyOf(one));
    return states.some(state => [...state].sort().join() === [...came].sort().join());
  };
  const possible = () => states.some(state => came.every(body => state.includes(body)));
  await play.peer.eventually('the whole transaction is found in its queue, or nothing of it', async () => (await isWhole()) || !possible());
  const sentence = `q1 should hold ${states.map(listed).join(' or ')}, and ${listed(came)} came out of it.`;
  play.require(await isWhole(), { what: 'half a transaction', sentence, duty: 'amqp091/tx.atomicity:emit' });
}

/** A transaction whose connection breaks on the way has happened whole or not at all. */
export const transactionCutsModel: Model<Case> = {
  cases: fc.record({
    published: fc.integer({ min: 1, max: 4 }),
    acknowledged: fc.nat(2),
    reached: fc.oneof(fc.nat(whole), fc.integer({ min: whole - 80, max: whole }), fc.constant(whole)),
  }),
  async play(play: Play, { published, acknowledged, reached }: Case) {
    const [main, queue, sign] = [await play.channel(), play.name('q1'), play.name('q2')];
    const [added, tasks] = [named('m', published), named('t', acknowledged)];
    await main.queue({ queue, exclusive: false, durable: true });
    for (const body of tasks) main.publish({ routingKey: queue, body });
    const connection = await play.peer.connection();
    const channel = await connection.channel();
    await channel.queue({ queue: sign, exclusive: false, autoDelete: true });
    await channel.consume(sign);
    const tags = await taken(play, channel, queue, acknowledged);
    play.step(`declare queue q1${acknowledged === 0 ? '' : `; publish ${listed(tasks)} to it and take them on a connection of their own`}`);
    await channel.call('tx.select', {}, 'tx.select-ok');
    const octets = transaction(channel.number, queue, added, tags);
    const sent = octets.subarray(0, Math.round((octets.length * reached) / whole));
    const settling = acknowledged === 0 ? '' : `, ack ${listed(tasks)}`;
    play.step(`tx on that connection: publish ${listed(added)} to q1${settling}, commit; break it behind ${sent.length} of ${octets.length} octets`);
    await broken(play, main, connection, sent, sign);
    await requireWhole(play, main, queue, [added, tasks]);
    await main.call('queue.delete', { queue }, 'queue.delete-ok');
  },
};
