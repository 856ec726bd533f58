import { describe, expect, test } from 'vitest';
import { delivered, kinds, message, one, refusal, Testbed, type TestConnection, text } from './testbed.ts';

const pseudo = 'amq.rabbitmq.reply-to';

/** A client that consumes answers, and one that answers: it has a queue `requests`. */
function partners(): { readonly asker: TestConnection; readonly answerer: TestConnection } {
  const bed = new Testbed();
  const [asker, answerer] = [bed.connection({ channels: 3 }), bed.connection({ channels: 3 })];
  answerer.queue('requests');
  asker.consume(pseudo, { noAck: true, consumerTag: 'answers' });
  return { asker, answerer };
}

/** Sends a request and gives the name that it wants its answers under. */
function ask({ asker, answerer }: ReturnType<typeof partners>): string {
  asker.publish('requests', 'question', { replyTo: pseudo });
  return one(answerer.do('get', { queue: 'requests', noAck: true }), 'got').message.replyTo ?? '';
}

describe('answers without a queue', () => {
  test('come to the channel that asked, under a name of its own', () => {
    const pair = partners();
    const name = ask(pair);
    expect(name).toMatch(/^amq\.rabbitmq\.reply-to\..+/);
    expect(ask(pair)).toBe(name);
    expect(delivered(pair.answerer.publish(name, 'answer', { mandatory: true }))).toEqual(['answers:answer']);
    pair.asker.consume(pseudo, { noAck: true, consumerTag: 'more' }, 2);
    pair.asker.publish('requests', '', { replyTo: pseudo, channel: 2 });
    expect(one(pair.answerer.do('get', { queue: 'requests' }), 'got').message.replyTo).not.toBe(name);
  });

  test('leave every other reply-to alone', () => {
    const { asker, answerer } = partners();
    for (const replyTo of ['requests', `${pseudo}.mine`, '']) {
      asker.publish('requests', 'q', { replyTo });
      expect(one(answerer.do('get', { queue: 'requests', noAck: true }), 'got').message.replyTo).toBe(replyTo);
    }
  });

  test('are consumed once on a channel, and never with acknowledgements', () => {
    const { asker } = partners();
    expect(refusal(asker.consume(pseudo, { noAck: true }))).toBe('406 channel');
    expect(refusal(asker.consume(pseudo, {}, 2))).toBe('406 channel');
    expect(kinds(asker.consume(pseudo, { noAck: true }, 3))).toEqual(['consuming']);
  });

  test('cannot be asked for without consuming them', () => {
    const { asker } = partners();
    expect(refusal(asker.publish('requests', 'q', { replyTo: pseudo, channel: 2 }))).toBe('406 channel');
    asker.do('cancel', { consumerTag: 'answers' });
    expect(refusal(asker.publish('requests', 'q', { replyTo: pseudo }))).toBe('406 channel');
  });

  test('have nobody to go to when the channel is gone, or its consumer', () => {
    const pair = partners();
    const name = ask(pair);
    expect(one(pair.answerer.do('declare-queue', { queue: name, passive: true }), 'queue-declared')).toMatchObject({ messageCount: 0, consumerCount: 1 });
    pair.asker.do('cancel', { consumerTag: 'answers' });
    expect(kinds(pair.answerer.publish(name, 'late', { mandatory: true }))).toEqual(['return']);
    expect(kinds(pair.asker.consume(pseudo, { noAck: true }))).toEqual(['consuming']);
    const again = ask(pair);
    pair.asker.do('close-channel');
    expect(pair.answerer.publish(again, 'late')).toEqual([]);
    expect(refusal(pair.answerer.do('declare-queue', { queue: again }, 2))).toBe('404 channel');
    const host = pair.asker.bed.core.virtualHosts.get('/');
    expect([host?.replyQueues.size, host?.queues.size]).toEqual([0, 1]);
  });

  test('are no queue to anybody', () => {
    const pair = partners();
    const queue = ask(pair);
    const refusals = (['get', 'purge-queue', 'delete-queue', 'consume'] as const).map(kind => refusal(pair.asker.bed.connection().do(kind, { queue })));
    refusals.push(refusal(pair.asker.bed.connection().do('bind-queue', { queue, exchange: 'amq.direct' })));
    expect(new Set(refusals)).toEqual(new Set(['404 channel']));
    expect(kinds(pair.asker.do('declare-queue', { queue: pseudo, noWait: true }))).toEqual([]);
    expect(pair.asker.do('declare-queue', { queue: pseudo })).toMatchObject([{ kind: 'queue-declared', queue: pseudo, consumerCount: 1 }]);
  });

  test('wait where the asker has stopped the flow', () => {
    const pair = partners();
    const name = ask(pair);
    pair.asker.do('flow', { active: false });
    expect(pair.answerer.do('publish', { message: message({ routingKey: name }, 'answer') })).toEqual([]);
    expect(text(one(pair.asker.do('flow', { active: true }), 'deliver').message)).toBe('answer');
  });
});
