import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../sim/clock.ts';
import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import { type CrashStore, crashStore } from '../../store/crash.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import { plain } from '../../wire/amqp091/plain.ts';
import { Broker } from '../broker.ts';
import { Client } from '../durability-client.test-kit.ts';
import type { EffectOf } from '../vocabulary.ts';
import { type Amqp091Message, composeMessage, reviveMessage } from './amqp091-message.ts';

/** A broker with one client that loses its power and comes back, as often as one likes. */
class Lives {
  readonly clock = new VirtualClock();
  #store: CrashStore = crashStore();
  #got: EffectOf<'got'>[] = [];
  broker = this.#begin();
  client = this.#enter();

  /** Lets time pass, and what is asked be stored and answered. */
  async pass(ms: number): Promise<void> {
    await settled();
    let over = false;
    this.clock.at(this.clock.now() + ms, () => {
      over = true;
    });
    while (!over) {
      this.clock.advance();
      await settled();
    }
  }

  /** All that happened is stored: an answer about a durable queue waits for that. The power goes then, for so long. */
  async crash(downMs = 0): Promise<void> {
    await this.declare(`barrier-${this.clock.now()}`, {});
    const { broker } = this;
    this.#store = this.#store.crash();
    void broker.close();
    await this.pass(downMs);
    this.broker = this.#begin();
    await this.broker.restore();
    this.client = this.#enter();
  }

  async declare(queue: string, args: Parameters<typeof fieldTable>[0]): Promise<void> {
    this.client.say('declare-queue', { queue, durable: true, arguments: fieldTable(args) });
    await settled();
  }

  async publish(queue: string, properties: BasicProperties = {}): Promise<void> {
    this.client.say('publish', { message: composeMessage('', queue, Buffer.from('m'), { deliveryMode: 2, ...properties }) });
    await settled();
  }

  async reject(queue: string): Promise<void> {
    this.client.say('get', { queue });
    await settled();
    this.client.say('settle', { deliveryTag: this.#got.at(-1)?.deliveryTag ?? 0, outcome: 'discard' });
    await settled();
  }

  /** What is ready in a queue, as a client would see its headers. */
  waiting(queue: string): readonly unknown[] {
    const entries = this.broker.core.virtualHosts.get('/')?.queues.get(queue)?.peek() ?? [];
    return [...entries].map(({ message }) => plain((message as Amqp091Message).headers ?? []));
  }

  #begin(): Broker {
    return new Broker({ store: this.#store, clock: this.clock, revive: reviveMessage });
  }

  #enter(): Client {
    return new Client(this.broker, effect => {
      if (effect.kind === 'got') this.#got.push(effect);
      if (effect.kind === 'refused') throw new Error(effect.text);
    });
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await undefined;
}

const deadline = [
  ['of the queue', { 'x-message-ttl': 1000 }, {}],
  ['of its own', {}, { expiration: '1000' }],
  ['of its own, less than that of the queue', { 'x-message-ttl': 5000 }, { expiration: '1000' }],
] as const;

describe('a persistent message with a time to live', () => {
  test.each(deadline)('%s ends at its old deadline though its broker was killed meanwhile, twice', async (_, args, properties) => {
    const lives = new Lives();
    await lives.declare('q', args);
    await lives.publish('q', properties);
    await lives.pass(400);
    await lives.crash(100);
    await lives.pass(300);
    await lives.crash();
    await lives.pass(199);
    expect(lives.waiting('q')).toHaveLength(1);
    await lives.pass(1);
    expect(lives.waiting('q')).toHaveLength(0);
  });

  test.each(deadline)('%s that ended while the broker was down is dead-lettered when it is back', async (_, args, properties) => {
    const lives = new Lives();
    await lives.declare('dead', {});
    await lives.declare('q', { ...args, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    await lives.publish('q', properties);
    await lives.crash(2000);
    await lives.pass(1);
    expect(lives.waiting('q')).toEqual([]);
    expect(lives.waiting('dead')).toMatchObject([{ 'x-death': [{ queue: 'q', reason: 'expired', count: 1 }] }]);
    await lives.crash(10_000);
    expect(lives.waiting('dead')).toMatchObject([{ 'x-death': [{ queue: 'q', reason: 'expired', count: 1 }] }]);
  });
});

test('deaths are counted on where they were when the broker was killed', async () => {
  const lives = new Lives();
  await lives.declare('work', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'wait' });
  await lives.declare('wait', { 'x-message-ttl': 1000, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'work' });
  await lives.pass(5000);
  await lives.publish('work');
  const tried = async () => {
    await lives.reject('work');
    await lives.pass(1000);
  };
  await tried();
  await tried();
  await lives.crash();
  await tried();
  await lives.reject('work');
  await lives.crash();
  await lives.pass(1000);
  const deaths = [
    { queue: 'wait', reason: 'expired', count: 4, exchange: '', 'routing-keys': ['wait'] },
    { queue: 'work', reason: 'rejected', count: 4, exchange: '', 'routing-keys': ['work'] },
  ];
  const first = { 'x-first-death-queue': 'work', 'x-first-death-reason': 'rejected' };
  expect(lives.waiting('work')).toMatchObject([{ 'x-death': deaths, ...first }]);
});
