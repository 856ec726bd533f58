import { Broker } from '../broker/broker.ts';
import { composeMessage } from '../broker/dialects/amqp091-message.ts';
import type { Message } from '../broker/message.ts';
import type { Command } from '../broker/vocabulary.ts';
import { memoryStore } from '../store/memory.ts';
import { fieldTable } from '../wire/amqp091/field-table.ts';
import { median } from './subject.ts';

/** What one operation costs with so many things of a kind. */
export interface Cost {
  readonly what: string;
  readonly count: number;
  /** Processor time in microseconds. */
  readonly us: number;
  readonly per: string;
}

/** Fields that commands have in common. */
const at = { connection: 1, channel: 1, arguments: [], noWait: true } as const;
const plain = { ...at, passive: false, durable: false, exclusive: false, autoDelete: false };

/** A broker without a network, in which one client has opened one channel; whatever it says goes nowhere. */
function hub(): (command: Command) => void {
  const broker = new Broker({ store: memoryStore(), limits: { queues: 1_000_000 } });
  const connection = broker.attach({ effect: () => {} });
  broker.submit({ kind: 'connect', connection, user: 'guest', virtualHost: '/', cancelNotify: false });
  broker.submit({ kind: 'open-channel', connection, channel: 1 });
  return command => broker.submit(command);
}

function queueOf(submit: (command: Command) => void, queue: string): void {
  submit({ kind: 'declare-queue', ...plain, queue });
  submit({ kind: 'consume', ...at, queue, consumerTag: queue, noLocal: false, noAck: true, exclusive: false });
}

/** Microseconds of processor time that each of `times` runs takes; the median of seven rounds behind one that warms up. */
function costOf(times: number, work: (index: number) => void): number {
  const rounds = Array.from({ length: 8 }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < times; index += 1) work(index);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  });
  return median(rounds.slice(1));
}

interface Shape {
  readonly type: string;
  readonly counts: readonly number[];
  /** Queues that the bindings lead to: one for all, or each its own. */
  readonly queues: 'one' | 'each';
  readonly key: (index: number) => string;
  readonly headers?: (index: number) => ReturnType<typeof fieldTable>;
  /** What is published: that of which binding it matches. */
  readonly message: (index: number) => Message;
  readonly per: string;
}

const body = Buffer.alloc(100);
const topicKey = (index: number): string => `${index % 10}.${index % 97}.${index}`;
/** Every kind of pattern: plain words, one or any number of them free, at each end. */
const topicPattern = (index: number): string => {
  const [first = '', second = '', last = ''] = topicKey(index).split('.');
  return [`${first}.${second}.${last}`, `*.${second}.${last}`, `${first}.*.${last}`, `#.${last}`, `${first}.#.${last}`][index % 5] as string;
};

const shapes: readonly Shape[] = [
  {
    type: 'direct',
    counts: [1, 10, 1000, 10_000],
    queues: 'one',
    key: index => `key-${index}`,
    message: index => composeMessage('x', `key-${index}`, body),
    per: 'message',
  },
  { type: 'fanout', counts: [1, 10, 1000], queues: 'each', key: () => '', message: () => composeMessage('x', '', body), per: 'message and queue' },
  {
    type: 'headers',
    counts: [1, 10, 1000],
    queues: 'one',
    key: () => '',
    headers: index => fieldTable({ number: index }),
    message: index => composeMessage('x', '', body, { headers: fieldTable({ number: index }) }),
    per: 'message and binding',
  },
  {
    type: 'topic',
    counts: [1, 10, 1000, 10_000],
    queues: 'one',
    key: topicPattern,
    message: index => composeMessage('x', topicKey(index), body),
    per: 'message',
  },
];

function costsOfBindings({ type, counts, queues, key, headers, message, per }: Shape): Cost[] {
  return counts.flatMap(count => {
    const submit = hub();
    submit({ kind: 'declare-exchange', ...plain, exchange: 'x', type, internal: false });
    const names = Array.from({ length: queues === 'one' ? 1 : count }, (_, index) => `q${index}`);
    for (const name of names) queueOf(submit, name);
    const bound = process.cpuUsage();
    for (let index = 0; index < count; index += 1) {
      const args = headers?.(index) ?? [];
      submit({ kind: 'bind-queue', ...at, queue: names[index % names.length] as string, exchange: 'x', routingKey: key(index), arguments: args });
    }
    const { user, system } = process.cpuUsage(bound);
    const messages = Array.from({ length: Math.min(count, 1000) }, (_, index) => message(Math.floor((index * count) / Math.min(count, 1000))));
    const times = Math.max(200, Math.ceil((per === 'message' ? 100_000 : 200_000 / count) / 4));
    const us = costOf(times, index => {
      submit({ kind: 'publish', connection: 1, channel: 1, message: messages[index % messages.length] as Message, mandatory: false, immediate: false });
    });
    return [
      { what: `${type}: publish`, count, us: per === 'message' ? us : us / count, per },
      { what: `${type}: bind`, count, us: (user + system) / count, per: 'binding' },
    ];
  });
}

/** What routing costs by the number of bindings, in this process and without a network. */
export function costsOfRouting(): readonly Cost[] {
  return shapes.flatMap(costsOfBindings);
}
