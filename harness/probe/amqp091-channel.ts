import type { ContentMethodName, Method, MethodName } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import { contentHeader, method } from '../wire/amqp091/codec.ts';
import type { Amqp091Connection } from './amqp091.ts';
import { answersTo, type Departure } from './answers.ts';
import { arrivalIn, describeSeen } from './expectation.ts';
import type { Arrival, Draft, ProbeChannel, Seen, WaitKind } from './peer.ts';
import { Stop } from './stop.ts';

type Message = Parameters<ProbeChannel['publish']>[0];

const encoder = new TextEncoder();
const something = Uint8Array.of(0x6d);

/** One channel as checks use it. */
export class Amqp091Channel implements ProbeChannel {
  readonly number: number;
  readonly connection: Amqp091Connection;

  constructor(connection: Amqp091Connection, number: number) {
    this.connection = connection;
    this.number = number;
  }

  send<N extends MethodName>(name: N, args: Draft<N> = {}): void {
    this.connection.send(this.number, name, args);
  }

  call<N extends MethodName, R extends MethodName>(name: N, args: Draft<N>, reply: R): Promise<Method<R>> {
    return this.connection.call(this.number, name, args, reply);
  }

  expect<R extends MethodName>(reply: R, wait: WaitKind = 'reply'): Promise<Method<R>> {
    return this.connection.expect(this.number, reply, wait);
  }

  arrival<N extends ContentMethodName>(name: N, wait: WaitKind = 'reply'): Promise<Arrival<N>> {
    return this.connection.arrival(this.number, name, wait);
  }

  publish({ exchange = '', routingKey = '', mandatory = false, immediate = false, properties = {}, body = something }: Message): void {
    const octets = typeof body === 'string' ? encoder.encode(body) : body;
    const publish = method('basic.publish', { exchange, routingKey, mandatory, immediate });
    this.connection.wire.sendContent(this.number, publish, contentHeader({ properties, bodySize: octets.length }), octets);
  }

  answersTo(duty: DutyId, options: Omit<Departure, 'duty' | 'channel'> = {}): Promise<Answer> {
    return answersTo(this.connection.wire, { duty, channel: this.number, ...options });
  }

  async barrier(absent: readonly MethodName[] = []): Promise<void> {
    await this.call('channel.flow', { active: true }, 'channel.flow-ok');
    const { inbox } = this.connection.wire;
    const came = inbox.items.find(({ seen }) => seen?.kind === 'method' && seen.channel === this.number && absent.includes(seen.method.name));
    if (came?.seen === undefined) return;
    const reaction = describeSeen(came.seen);
    throw new Stop({ kind: 'failed', reaction, sentence: `Expected no ${absent.join(' and no ')}, got ${reaction}.`, ending: { kind: 'open' } });
  }

  taken(): readonly Seen[] {
    const { inbox } = this.connection.wire;
    const taken: Seen[] = [];
    const mine = () => inbox.poll(({ seen }) => (seen?.kind === 'method' && seen.channel === this.number ? { value: seen } : undefined));
    for (let found = mine(); found !== undefined; found = mine()) taken.push(found.value);
    return taken;
  }

  async queue(args: Draft<'queue.declare'> = {}): Promise<string> {
    const draft = { queue: this.connection.wire.context.names.issue(), exclusive: true, ...args };
    return (await this.call('queue.declare', draft, 'queue.declare-ok')).args.queue;
  }

  async exchange(type: string, args: Draft<'exchange.declare'> = {}): Promise<string> {
    const draft = { exchange: this.connection.wire.context.names.issue(), type, ...args };
    await this.call('exchange.declare', draft, 'exchange.declare-ok');
    return draft.exchange;
  }

  async bind(queue: string, exchange: string, routingKey = '', args: FieldTable = []): Promise<void> {
    await this.call('queue.bind', { queue, exchange, routingKey, arguments: args }, 'queue.bind-ok');
  }

  async get(queue: string, { noAck = false }: { readonly noAck?: boolean } = {}): Promise<Arrival<'basic.get-ok'> | null> {
    this.send('basic.get', { queue, noAck });
    const found = await this.connection.find(this.number, ['basic.get-ok', 'basic.get-empty']);
    return found.method.name === 'basic.get-empty' ? null : (arrivalIn(found) as Arrival<'basic.get-ok'>);
  }

  async consume(queue: string, args: Draft<'basic.consume'> = {}): Promise<string> {
    return (await this.call('basic.consume', { queue, ...args }, 'basic.consume-ok')).args.consumerTag;
  }

  async close(): Promise<void> {
    await this.call('channel.close', { replyCode: 200, replyText: 'done' }, 'channel.close-ok');
  }
}
