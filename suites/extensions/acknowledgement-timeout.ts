import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { Method } from '../../harness/spec/amqp091/classes.ts';
import { acknowledge, consumerOn } from '../amqp091/handing-out.ts';
import { deliveries, fill, numbered, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';

/** What the queue is given; brokers look at it once a minute or so. */
const timeoutMs = 1000;
/** Two looks of a minute each, and some. */
const secondsMax = 130;

interface Stuck {
  readonly looking: ProbeChannel;
  readonly queue: string;
  /** Its consumer got two messages and acknowledges none. */
  readonly channel: ProbeChannel;
}

function timedQueue(peer: Peer, channel: ProbeChannel): Promise<string> {
  return queueWith(peer, channel, [['x-consumer-timeout', { type: 'long-int', value: timeoutMs }]], { durable: true, exclusive: false });
}

async function stuck(peer: Peer): Promise<Stuck> {
  const looking = await peer.channel();
  const queue = await timedQueue(peer, looking);
  const channel = await consumerOn(await peer.connection(), queue, 'stuck');
  fill(looking, queue, numbered(2));
  await deliveries(channel, 2);
  return { looking, queue, channel };
}

/** Waits until the server closes the channel, and confirms that it did. */
async function closed(peer: Peer, channel: ProbeChannel): Promise<Method<'channel.close'>> {
  for (let second = 0; second < secondsMax; second += 1) {
    for (const seen of channel.taken()) {
      if (seen.kind !== 'method' || seen.method.name !== 'channel.close') continue;
      channel.send('channel.close-ok');
      return seen.method;
    }
    await peer.quiet(1000, 'until the server gives up on an acknowledgement');
  }
  return channel.expect('channel.close');
}

/** Delivery acknowledgement time-out, an extension. */
export const acknowledgementTimeoutChecks = [
  check('amqp091/acknowledgement-timeout/close', {
    title: 'A channel that lets the time-out of its queue pass without an acknowledgement is closed, and its connection goes on',
    duties: ['amqp091/acknowledgement-timeout.close:emit'],
    thorough: true,
    worstMs: 150_000,
    async run(peer: Peer) {
      const { channel } = await stuck(peer);
      const { replyCode, classId, methodId } = (await closed(peer, channel)).args;
      peer.require(replyCode === 406, `The channel was closed with ${replyCode}.`);
      peer.require(classId === 0 && methodId === 0, `The close names the method ${classId}.${methodId}, though none brought it about.`);
      await (await channel.connection.channel()).barrier();
    },
  }),
  check('amqp091/acknowledgement-timeout/requeue', {
    title: 'What a channel held that was closed for want of an acknowledgement comes to another consumer, flagged as redelivered',
    duties: ['amqp091/acknowledgement-timeout.requeue:emit', 'amqp091/domain.redelivered.implementation:emit'],
    thorough: true,
    worstMs: 150_000,
    async run(peer: Peer) {
      const { looking, queue, channel } = await stuck(peer);
      await closed(peer, channel);
      const again = await takeAll(peer, looking, queue, 2);
      requireTexts(peer, again.map(textOf).sort(), numbered(2), 'Messages that came back');
      const flagged = again.every(({ method }) => method.args.redelivered);
      peer.require(flagged, 'A message lacks the redelivered flag.', 'amqp091/domain.redelivered.implementation:emit');
    },
  }),
  check('amqp091/acknowledgement-timeout/others', {
    title: 'When one channel is given up, those that acknowledged or need not are open',
    duties: ['amqp091/acknowledgement-timeout.others:emit'],
    thorough: true,
    worstMs: 150_000,
    async run(peer) {
      const looking = await peer.channel();
      const queue = await timedQueue(peer, looking);
      const prompt = await consumerOn(await peer.connection(), queue, 'prompt');
      fill(looking, queue, numbered(2));
      acknowledge(prompt, await deliveries(prompt, 2));
      await prompt.call('basic.cancel', { consumerTag: 'prompt' }, 'basic.cancel-ok');
      const careless = await consumerOn(await peer.connection(), queue, 'careless', { noAck: true });
      fill(looking, queue, numbered(2));
      await deliveries(careless, 2);
      await closed(peer, (await stuck(peer)).channel);
      for (const channel of [prompt, careless]) await channel.barrier();
    },
  }),
];
