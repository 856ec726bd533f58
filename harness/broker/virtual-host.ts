import { Exchange, type ExchangeType } from './exchange.ts';
import type { Queue } from './queue.ts';
import type { Readings } from './readings.ts';

/** The exchanges that every virtual host comes with. `amq.match` and `amq.headers` are two names the standard gives for one kind. */
const predeclared: readonly (readonly [name: string, type: ExchangeType])[] = [
  ['', 'direct'],
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.topic', 'topic'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
];

/** A name space of its own for exchanges and queues. */
export class VirtualHost {
  readonly name: string;
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  /** What answers pass through on their way to the channel that asked; to everybody else no queues. */
  readonly replyQueues = new Map<string, Queue>();
  readonly defaultExchange: Exchange;

  constructor(name: string, readings: Readings) {
    this.name = name;
    for (const [exchange, type] of predeclared) {
      const options = { durable: true, autoDelete: false, internal: false, arguments: [] };
      this.exchanges.set(exchange, new Exchange(name, exchange, type, options, readings));
    }
    this.defaultExchange =
      this.exchanges.get('') ?? new Exchange(name, '', 'direct', { durable: true, autoDelete: false, internal: false, arguments: [] }, readings);
  }
}

export function isPredeclared(exchange: string): boolean {
  return predeclared.some(([name]) => name === exchange);
}
