import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { fill, hold, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { headersOf } from './lifetimes.ts';

/** A time to live that is over soon, in milliseconds. */
export const shortMs = 60;

export type Arguments = Readonly<Record<string, string | number>>;

/** A queue, its dead letter exchange, and a queue where all letters come. */
export interface Grave {
  readonly channel: ProbeChannel;
  readonly queue: string;
  readonly exchange: string;
  readonly letters: string;
}

/** Makes a queue with these arguments besides its dead letter exchange, a fanout. */
export async function grave(peer: Peer, args: Arguments = {}, draft: { readonly exclusive?: boolean } = {}): Promise<Grave> {
  const channel = await peer.channel();
  const exchange = await channel.exchange('fanout');
  const letters = await channel.queue({ queue: peer.name() });
  await channel.bind(letters, exchange);
  const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': exchange, ...args }), draft);
  return { channel, queue, exchange, letters };
}

/** Publishes one message and rejects it for good. */
export async function reject(peer: Peer, channel: ProbeChannel, queue: string, body?: string): Promise<void> {
  if (body !== undefined) fill(channel, queue, [body]);
  const { deliveryTag } = (await hold(peer, channel, queue)).method.args;
  channel.send('basic.reject', { deliveryTag, requeue: false });
}

/** The one letter that comes. */
export async function letterIn(peer: Peer, channel: ProbeChannel, letters: string): Promise<Arrival<'basic.get-ok'>> {
  const [letter, ...more] = await takeAll(peer, channel, letters, 1);
  peer.require(letter !== undefined && more.length === 0, `${more.length + 1} letters came where one message died.`);
  return letter;
}

/** Fails unless these letters come, in this order. */
export async function requireLetters(peer: Peer, { channel, letters }: Grave, bodies: readonly string[]): Promise<void> {
  requireTexts(peer, (await takeAll(peer, channel, letters, bodies.length)).map(textOf), bodies, 'Dead letters');
}

interface Entry {
  readonly queue?: unknown;
  readonly reason?: unknown;
  readonly count?: unknown;
  readonly exchange?: unknown;
  readonly 'routing-keys'?: unknown;
  readonly 'original-expiration'?: unknown;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of x-death. */
export function deathsOf(peer: Peer, letter: Arrival): readonly Entry[] {
  const told: unknown = headersOf(letter)['x-death'];
  peer.require(Array.isArray(told), 'The dead letter has no array x-death among its headers.');
  const entries = (told as readonly unknown[]).filter(isEntry);
  peer.require(entries.length === told.length, 'x-death holds something else than tables.');
  return entries;
}

/** Each entry as `queue reason count`, with labels for the queues. */
export function historyOf(peer: Peer, letter: Arrival, labels: Readonly<Record<string, string>>): readonly string[] {
  return deathsOf(peer, letter).map(({ queue, reason, count }) => `${labels[String(queue)] ?? String(queue)} ${String(reason)} ${String(count)}`);
}

/** What `x-first-death-…` or `x-last-death-…` say. */
export function sayings(letter: Arrival, prefix: string, labels: Readonly<Record<string, string>>): readonly string[] {
  const headers = headersOf(letter);
  return ['queue', 'reason', 'exchange'].map(what => String(headers[`${prefix}${what}`])).map(said => labels[said] ?? said);
}
