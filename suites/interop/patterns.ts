import type { ClientProcess } from '../../harness/interop/client-process.ts';
import type { Delivery } from '../../harness/interop/protocol.ts';
import { type Case, type Scene, type Stage, type Topic, text, textOf } from '../../harness/interop/scene.ts';

/** A second consumer beside the pair's: the publisher's, or, where both are one client, the process that publishes otherwise. */
function second({ publisher, consumer }: Stage): ClientProcess {
  return publisher.consuming === consumer.consuming ? publisher.publishing : publisher.consuming;
}

const sorted = (deliveries: readonly Delivery[]): string => deliveries.map(textOf).sort().join(' ');

async function requestAndReply(scene: Scene): Promise<void> {
  scene.needs('dynamic-source');
  const { consumer } = scene.stage;
  const asking = second(scene.stage);
  const { address } = await asking.ask('reply', {});
  try {
    await scene.send({ ...text('question'), properties: { replyTo: ['string', address], correlationId: ['string', 'c-7'] } });
    const question = await scene.take();
    await scene.settle(question, 'accepted');
    const { replyTo, correlationId } = question.message.properties ?? {};
    scene.want(String(replyTo?.[1]) === address, `the reply-to came as ${String(replyTo?.[1])} instead of ${address}`);
    const to = consumer.protocol === '0-9-1' ? { queue: address } : { address };
    const answer = { ...text('answer'), properties: { correlationId: correlationId ?? (['null'] as const) } };
    const { outcomes } = await consumer.publishing.ask('publish', { to, messages: [answer] });
    scene.want(outcomes[0] === 'accepted', `the answer was ${outcomes[0]}`);
    const { deliveries } = await asking.ask('receive', { from: address, count: 1, waitMs: 5_000 });
    const [reply] = deliveries;
    scene.want(reply !== undefined, 'the answer did not come');
    if (reply === undefined) return;
    await asking.ask('settle', { delivery: reply.delivery, outcome: 'accepted' });
    scene.wantAs({ ...text('answer'), properties: { correlationId: ['string', 'c-7'] } }, reply);
  } finally {
    await asking.ask('rest', {});
  }
}

async function publishAndSubscribe(scene: Scene): Promise<void> {
  const { kind, topic, name } = scene.stage;
  const other = second(scene.stage);
  if (kind === '1.0') {
    if (topic === undefined) scene.lacks('no address is known there that hands each message to all who receive from it');
    return subscribed(scene, topic);
  }
  const exchange = name('fanout');
  const queues = [name('one'), name('two')] as const;
  await scene.asConsumer('declare', { queue: queues[0], exchange });
  await other.ask('declare', { queue: queues[1], exchange });
  await scene.asPublisher('publish', { to: { exchange, key: '' }, messages: [text('news')] });
  const waiting = { count: 1, waitMs: 5_000, settled: true };
  const came = [await scene.asConsumer('receive', { from: queues[0], ...waiting }), await other.ask('receive', { from: queues[1], ...waiting })];
  await scene.asConsumer('remove', { queue: queues[0], exchange });
  await other.ask('remove', { queue: queues[1] });
  wantNews(
    scene,
    came.map(({ deliveries }) => deliveries),
  );
}

function wantNews(scene: Scene, came: readonly (readonly Delivery[])[]): void {
  scene.want(
    came.every(each => sorted(each) === 'news'),
    `the two subscribers got: ${came.map(each => sorted(each) || 'nothing').join(' and ')}`,
  );
}

/** Those who receive from a topic have to be there before the message is; a first receive that waits for little brings them there. */
async function subscribed(scene: Scene, topic: Topic): Promise<void> {
  const other = second(scene.stage);
  const { address, ...capability } = topic;
  const early = { from: address, count: 1, waitMs: 1, ...capability };
  await scene.asConsumer('receive', early);
  await other.ask('receive', early);
  const { outcomes } = await scene.asPublisher('publish', { to: topic, messages: [text('news')] });
  scene.want(outcomes[0] === 'accepted', `a message to a topic with two subscribers was ${outcomes[0]}`);
  const came = [await scene.asConsumer('receive', { ...early, waitMs: 5_000 }), await other.ask('receive', { ...early, waitMs: 5_000 })];
  await scene.asConsumer('rest', {});
  await other.ask('rest', {});
  wantNews(
    scene,
    came.map(({ deliveries }) => deliveries),
  );
}

export const patternCases: readonly Case[] = [
  {
    id: 'pattern/request-reply',
    title: 'A question goes to the other client, and its answer comes back over a temporary queue',
    rules: { '0-9-1': 'amqp091/3.1.1.properties-intact', '1.0': 'amqp10/3.2.4.properties-unaltered' },
    run: requestAndReply,
  },
  {
    id: 'pattern/competing-consumers',
    title: 'Two consumers share the messages of a queue, each of which comes once',
    rules: { '0-9-1': 'amqp091/3.1.6.delivers', '1.0': 'amqp10/3.3.1.acquired', across: 'consumer' },
    async run(scene) {
      const { publisher, consumer } = scene.stage;
      const other = second(scene.stage);
      await scene.send(text('one'), text('two'));
      const mine = await scene.receive(1);
      const { deliveries: others } = await other.ask('receive', { from: scene.from(publisher), count: 1, waitMs: 5_000, settled: true });
      for (const delivery of mine) await scene.settle(delivery, 'accepted');
      for (const each of new Set([other, consumer.consuming])) await each.ask('rest', {});
      scene.want(sorted([...mine, ...others]) === 'one two', `of one and two came: ${sorted(mine)} here and ${sorted(others)} there`);
    },
  },
  {
    id: 'pattern/publish-subscribe',
    title: 'Two subscribers get each message once',
    rules: { '0-9-1': 'amqp091/3.1.6.delivers', '1.0': 'observed' },
    run: publishAndSubscribe,
  },
];
