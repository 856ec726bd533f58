import { type Case, type Scene, text, textOf } from '../../harness/interop/scene.ts';

/** A message behind those of the case: what comes before it is all that is left in the queue. */
async function nothingIsLeft(scene: Scene): Promise<void> {
  await scene.send(text('the last'));
  const delivery = await scene.take();
  scene.want(textOf(delivery) === 'the last', `after all was settled, ${JSON.stringify(textOf(delivery))} came once more`);
  await scene.settle(delivery, 'accepted');
}

export const settlingCases: readonly Case[] = [
  {
    id: 'flow/in-order',
    title: 'Messages are accepted when they are published and come in the order in which they were sent',
    rules: { '0-9-1': 'amqp091/4.7.order', '1.0': 'amqp10/3.3.1.order', across: 'consumer' },
    async run(scene) {
      const sent = Array.from({ length: 20 }, (_, at) => text(`message ${at}`));
      await scene.send(...sent);
      const came = await scene.receive(sent.length);
      for (const delivery of came) await scene.settle(delivery, 'accepted');
      const texts = came.map(textOf).join(', ');
      scene.want(texts === sent.map((_, at) => `message ${at}`).join(', '), `20 messages came as: ${texts}`);
    },
  },
  {
    id: 'settle/accepted',
    title: 'An accepted message does not come again',
    rules: { '0-9-1': 'amqp091/basic.explicit-acknowledgement', '1.0': 'amqp10/3.4.2.accepted', across: 'consumer' },
    async run(scene) {
      await scene.send(text('once'));
      await scene.settle(await scene.take(), 'accepted');
      await nothingIsLeft(scene);
    },
  },
  {
    id: 'settle/released',
    title: 'A message that is released, or refused with requeue, comes again',
    rules: { '0-9-1': 'amqp091/basic.nack.requeue', '1.0': 'amqp10/3.4.4.released', across: 'consumer' },
    async run(scene) {
      await scene.send(text('again'));
      const first = await scene.take();
      await scene.settle(first, 'released');
      const second = await scene.take();
      await scene.settle(second, 'accepted');
      scene.want(textOf(second) === 'again', `${JSON.stringify(textOf(second))} came in its place`);
      const counted = (second.failures ?? 0) > (first.failures ?? 0);
      scene.want(!counted, `its delivery-count went from ${first.failures} to ${second.failures}, which released leaves as it was`);
    },
  },
  {
    id: 'settle/rejected',
    title: 'A rejected message does not come again',
    rules: { '0-9-1': 'amqp091/basic.reject.discard', '1.0': 'amqp10/3.4.3.rejected', across: 'consumer' },
    async run(scene) {
      await scene.send(text('unwanted'));
      await scene.settle(await scene.take(), 'rejected');
      await nothingIsLeft(scene);
    },
  },
  {
    id: 'settle/modified',
    title: 'A message that is modified with delivery-failed comes again with its delivery-count raised',
    rules: { '1.0': 'amqp10/3.4.5.delivery-failed', across: 'consumer' },
    async run(scene) {
      if (scene.stage.consumer.protocol === '0-9-1') scene.lacks('0-9-1 has no outcome modified');
      await scene.send(text('failed'));
      const first = await scene.take();
      await scene.settle(first, 'modified', { failed: true });
      const second = await scene.take();
      await scene.settle(second, 'accepted');
      const { failures = 0 } = second;
      scene.want(failures === (first.failures ?? 0) + 1, `its delivery-count was ${first.failures} before and ${failures} afterwards`);
    },
  },
  {
    id: 'settle/modified-annotations',
    title: 'The message annotations of a modified outcome are added to the message',
    rules: { '1.0': 'amqp10/3.4.5.message-annotations' },
    async run(scene) {
      await scene.send(text('annotated'));
      await scene.settle(await scene.take(), 'modified', { annotations: { 'x-opt-why': ['string', 'because'] } });
      const second = await scene.take();
      await scene.settle(second, 'accepted');
      scene.wantAs({ annotations: { 'x-opt-why': ['string', 'because'] }, ...text('annotated') }, second);
    },
  },
  {
    id: 'settle/given-back',
    title: 'What a consumer held when it left comes again',
    rules: { '0-9-1': 'amqp091/4.5.redelivery', '1.0': 'amqp10/3.3.1.default-outcome', across: 'consumer' },
    async run(scene) {
      await scene.send(text('held'));
      await scene.take();
      await scene.asConsumer('rest', {});
      const second = await scene.take();
      await scene.settle(second, 'accepted');
      scene.want(textOf(second) === 'held', `${JSON.stringify(textOf(second))} came in its place`);
    },
  },
  {
    id: 'settle/received-settled',
    title: 'What is received settled, or without acknowledgement, needs none',
    rules: { '0-9-1': 'amqp091/basic.automatic-acknowledgement', '1.0': 'amqp10/2.7.5.settled-default', across: 'consumer' },
    async run(scene) {
      await scene.send(text('settled'));
      await scene.take({ settled: true });
      await scene.asConsumer('rest', {});
      await nothingIsLeft(scene);
    },
  },
  {
    id: 'settle/sent-settled',
    title: 'What is sent settled is heard nothing of and comes all the same',
    rules: { '1.0': 'amqp10/2.6.12.settled-sent', across: 'observed' },
    async run(scene) {
      if (scene.stage.publisher.protocol === '0-9-1') scene.lacks('0-9-1 has no settled messages');
      await scene.publish([text('settled')], { settled: true });
      await scene.takeAs(text('settled'));
    },
  },
  {
    id: 'settle/unroutable',
    title: 'What no queue takes is returned to its publisher',
    rules: { '0-9-1': 'amqp091/basic.publish.mandatory' },
    async run(scene) {
      const nowhere = { queue: scene.stage.name('nowhere') };
      const { outcomes } = await scene.asPublisher('publish', { to: nowhere, messages: [text('lost')] });
      scene.want(outcomes[0] === 'released', `it was ${outcomes[0]}, and not returned`);
    },
  },
  {
    id: 'tx/commit',
    title: 'What is published in a transaction comes when it is committed, and not before',
    rules: { '0-9-1': 'amqp091/tx.commit.publications', '1.0': 'amqp10/4.3.discharged' },
    async run(scene) {
      scene.needs('transactions');
      await scene.asPublisher('begin', {});
      await scene.publish([text('within')], { transaction: true });
      const before = await scene.receive(1, { waitMs: 100 });
      scene.want(before.length === 0, 'it came before the transaction was committed');
      await scene.asPublisher('commit', {});
      await scene.takeAs(text('within'));
    },
  },
  {
    id: 'tx/rollback',
    title: 'What is published in a transaction that is rolled back does not come',
    rules: { '0-9-1': 'amqp091/tx.rollback.publications', '1.0': 'amqp10/4.3.rollback' },
    async run(scene) {
      scene.needs('transactions');
      await scene.asPublisher('begin', {});
      await scene.publish([text('rolled back')], { transaction: true });
      await scene.asPublisher('rollback', {});
      await scene.asPublisher('rest', {});
      await nothingIsLeft(scene);
    },
  },
  {
    id: 'tx/accepted',
    title: 'What is accepted in a transaction that is committed does not come again',
    rules: { '1.0': 'amqp10/4.4.2.retired' },
    async run(scene) {
      scene.needs('transactions');
      await scene.send(text('accepted within'));
      const delivery = await scene.take();
      await scene.asConsumer('begin', {});
      await scene.settle(delivery, 'accepted', { transaction: true });
      await scene.asConsumer('commit', {});
      await scene.asConsumer('rest', {});
      await nothingIsLeft(scene);
    },
  },
];
