import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import type { Entry } from './queue.ts';
import { textReadings } from './readings.ts';
import { message, practiceReadings, Testbed } from './testbed.ts';
import type { Command, Effect } from './vocabulary.ts';

const at = { connection: fc.integer({ min: 1, max: 3 }), channel: fc.integer({ min: 1, max: 2 }) };
const flag = fc.boolean();
const rarely = fc.nat(9).map(n => n === 0);
const queue = fc.constantFrom('a', 'b', 'c', '');
const exchange = fc.constantFrom('', 'amq.fanout', 'e');
const routingKey = fc.constantFrom('a', 'b', 'x');
const none = fc.constant([]);

function command<K extends Command['kind']>(kind: K, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Command> {
  return fc.record({ kind: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<Command>;
}

const tag = fc.constantFrom('t', 'u', '');
const publish = fc
  .record({ ...at, exchange, routingKey, mandatory: flag, persistent: flag, priority: fc.nat(2), size: fc.nat(5) })
  .map(({ connection, channel, mandatory, size, ...draft }): Command => {
    return { kind: 'publish', connection, channel, mandatory, immediate: false, message: message({ publisher: connection, ...draft }, 'x'.repeat(size)) };
  });

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: command('connect', { connection: at.connection, virtualHost: fc.constant('/'), cancelNotify: flag }) },
  { weight: 1, arbitrary: command('disconnect', { connection: at.connection }) },
  { weight: 2, arbitrary: command('resume', { connection: at.connection }) },
  { weight: 6, arbitrary: command('open-channel', at) },
  { weight: 1, arbitrary: command('close-channel', at) },
  { weight: 2, arbitrary: command('flow', { ...at, active: flag }) },
  {
    weight: 8,
    arbitrary: command('declare-queue', {
      ...at,
      queue,
      passive: rarely,
      durable: rarely,
      exclusive: rarely,
      autoDelete: rarely,
      noWait: rarely,
      arguments: none,
    }),
  },
  { weight: 2, arbitrary: command('delete-queue', { ...at, queue, ifUnused: flag, ifEmpty: flag, noWait: flag }) },
  { weight: 1, arbitrary: command('purge-queue', { ...at, queue, noWait: flag }) },
  { weight: 4, arbitrary: command('bind-queue', { ...at, queue, exchange: fc.constantFrom('amq.fanout', ''), routingKey, noWait: flag, arguments: none }) },
  { weight: 1, arbitrary: command('unbind-queue', { ...at, queue, exchange: fc.constant('amq.fanout'), routingKey, arguments: none }) },
  { weight: 3, arbitrary: command('limit-prefetch', { ...at, prefetchCount: fc.nat(3), prefetchSize: fc.nat(9), global: flag }) },
  {
    weight: 8,
    arbitrary: command('consume', { ...at, queue, consumerTag: tag, noLocal: rarely, noAck: rarely, exclusive: rarely, noWait: flag, arguments: none }),
  },
  { weight: 2, arbitrary: command('cancel', { ...at, consumerTag: tag, noWait: flag }) },
  { weight: 4, arbitrary: command('get', { ...at, queue, noAck: flag }) },
  { weight: 2, arbitrary: command('recover', { ...at, requeue: flag, noWait: flag }) },
  { weight: 2, arbitrary: command('select-confirm', { ...at, noWait: flag }) },
  { weight: 8, arbitrary: command('settle', { ...at, deliveryTag: fc.nat(6), multiple: flag, outcome: fc.constantFrom('accept', 'requeue', 'discard') }) },
  { weight: 1, arbitrary: command('stored', { upTo: fc.nat(20), failed: flag }) },
  { weight: 20, arbitrary: publish },
);

/** Opens again what the command needs and earlier ones closed, so that every command means something. */
function preparations(core: Core, next: Command): Command[] {
  if (!('channel' in next) || next.kind === 'open-channel') return [];
  const { connection, channel } = next;
  const there = core.connections.get(connection);
  const found: Command[] = there === undefined ? [{ kind: 'connect', connection, user: 'guest', virtualHost: '/', cancelNotify: true }] : [];
  if (there?.channels.has(channel) !== true) found.push({ kind: 'open-channel', connection, channel });
  return found;
}

/** Most tags mean one of the last deliveries, so that most settling settles something. */
function aimed(core: Core, next: Command): Command {
  if (next.kind !== 'settle' || next.deliveryTag === 0) return next;
  const last = core.connections.get(next.connection)?.channels.get(next.channel)?.lastDeliveryTag ?? 0;
  return { ...next, deliveryTag: Math.max(last - (next.deliveryTag % 4), 1) };
}

function tally(seen: Map<string, number>, effects: readonly Effect[]): void {
  for (const { kind } of effects) seen.set(kind, (seen.get(kind) ?? 0) + 1);
}

test('whatever is asked in whatever order, the books balance and nobody waits in vain', () => {
  const seen = new Map<string, number>();
  const runs = 100;
  fc.assert(
    fc.property(fc.array(anyCommand, { minLength: 100, maxLength: 150 }), flag, (commands, practice) => {
      const bed = new Testbed({ readings: practice ? practiceReadings : textReadings, windowOctets: 2000, memoryOctets: 30 });
      const lastTag = new Map<string, number>();
      for (const wanted of commands) {
        if (wanted.kind === 'connect' && bed.core.connections.has(wanted.connection)) continue;
        for (const each of [...preparations(bed.core, wanted), aimed(bed.core, wanted)]) {
          if (each.kind === 'connect') for (const channel of [1, 2]) lastTag.delete(`${each.connection}.${channel}`);
          if (each.kind === 'open-channel') lastTag.delete(`${each.connection}.${each.channel}`);
          const effects = bed.apply(each);
          tally(seen, effects);
          tagsAscend(effects, lastTag);
          booksBalance(bed.core);
          nobodyWaitsInVain(bed.core);
        }
      }
    }),
    { numRuns: runs, endOnFailure: true },
  );
  for (const kind of ['deliver', 'got', 'return', 'confirm', 'refused', 'window-used', 'hold', 'persist', 'consumer-lost'] as const) {
    expect([kind, (seen.get(kind) ?? 0) > 0]).toEqual([kind, true]);
  }
});

/** As `expect`, at the price of a comparison: this is asked a million times. */
function same(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} where ${expected} is right`);
}

function octetsOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + (entry.resident ? entry.message.size : 0), 0);
}

function tagsAscend(effects: readonly Effect[], lastTag: Map<string, number>): void {
  for (const effect of effects) {
    if (effect.kind !== 'deliver' && effect.kind !== 'got') continue;
    const channel = `${effect.connection}.${effect.channel}`;
    same('delivery tag', effect.deliveryTag, (lastTag.get(channel) ?? 0) + 1);
    lastTag.set(channel, effect.deliveryTag);
  }
}

function booksBalance(core: Core): void {
  const out: Entry[] = [];
  for (const connection of core.connections.values()) {
    let ofConnection = 0;
    for (const channel of connection.channels.values()) {
      const entries = [...channel.ledger];
      const counted = entries.filter(({ consumer }) => consumer !== undefined).length;
      same('size of the ledger', channel.ledger.size, entries.length);
      same('unsettled at the gate of the channel', channel.gate.count, counted);
      ofConnection += counted;
      out.push(...entries);
    }
    same('unsettled at the gate of the connection', connection.gate.count, ofConnection);
  }
  let octets = octetsOf(out);
  let messages = out.length;
  for (const each of core.virtualHosts.get('/')?.queues.values() ?? []) {
    const ready = [...each.peek()];
    same('ready messages', each.ready, ready.length);
    same('unacknowledged messages', each.unacknowledged, out.filter(entry => entry.queue === each).length);
    octets += octetsOf(ready);
    messages += ready.length;
  }
  same('held octets', core.heldOctets, octets);
  same('held messages', core.heldMessages, messages);
}

/** Each consumer stands in one place; where a message is ready, everybody in the queue's own line wants none of it. */
function nobodyWaitsInVain(core: Core): void {
  const standing: Consumer[] = [];
  const consumers: Consumer[] = [];
  for (const connection of core.connections.values()) {
    standing.push(...connection.gate.waiting);
    for (const channel of connection.channels.values()) {
      standing.push(...channel.gate.waiting);
      consumers.push(...channel.consumers.values());
    }
  }
  for (const consumer of consumers) standing.push(...consumer.gate.waiting);
  for (const each of core.virtualHosts.get('/')?.queues.values() ?? []) {
    standing.push(...each.available);
    if (each.ready > 0) same('idle consumers', [...each.available].filter(consumer => each.nextFor(consumer) !== undefined).length, 0);
  }
  same('places that consumers stand in', standing.length, consumers.length);
  same('consumers that stand somewhere', new Set(standing).size, consumers.length);
  same('consumers that nothing stops', consumers.filter(stuck).length, 0);
}

/** Waits at a gate while every gate would let the next message through. */
function stuck(consumer: Consumer): boolean {
  const next = consumer.queue.nextFor(consumer);
  return next !== undefined && consumer.stoppedBy(next.message.size) === undefined;
}
