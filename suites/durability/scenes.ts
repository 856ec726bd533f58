import { type Check, type CheckSpec, check } from '../../harness/check/check.ts';
import type { Outage } from '../../harness/probe/outage.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { textOf } from '../amqp091/observations.ts';

export const persistent = { deliveryMode: 2 } as const;

/** How each outage reads behind `after`. */
const titles: Readonly<Record<Outage, string>> = { kill: 'the server was killed', stop: 'the server was stopped and started' };

export interface Durable extends Omit<CheckSpec, 'title' | 'run' | 'outage'> {
  /** Goes on with `after the server was killed`. */
  readonly title: string;
  run(peer: Peer, outage: Outage): Promise<void>;
}

/** The same check for a broker that is killed and for one that is stopped: `<id>/kill` and `<id>/stop`. */
export function durable(id: string, { title, run, ...spec }: Durable): readonly Check[] {
  return (['kill', 'stop'] as const).map(outage => only(outage, id, { title, run, ...spec }));
}

export function only(outage: Outage, id: string, { title, run, ...spec }: Durable): Check {
  return check(`amqp091/durability/${id}/${outage}`, {
    worstMs: 3000,
    ...spec,
    title: `${title} after ${titles[outage]}`,
    outage,
    run: peer => run(peer, outage),
  });
}

/** A durable queue that every connection may use. */
export function durableQueue(peer: Peer, channel: ProbeChannel, args: Parameters<ProbeChannel['queue']>[0] = {}): Promise<string> {
  return channel.queue({ queue: peer.name(), durable: true, exclusive: false, ...args });
}

/** Bodies that name their messages: `m1`, `m2` and so on. */
export function named(count: number, first = 1): readonly string[] {
  return Array.from({ length: count }, (_, at) => `m${first + at}`);
}

/** Publishes persistent messages with these bodies. */
export function publishAll(channel: ProbeChannel, bodies: readonly string[], to: { readonly exchange?: string; readonly routingKey: string }): void {
  for (const body of bodies) channel.publish({ ...to, properties: persistent, body });
}

/** Empties a queue to its end. */
export async function drain(channel: ProbeChannel, queue: string): Promise<readonly Arrival<'basic.get-ok'>[]> {
  const taken: Arrival<'basic.get-ok'>[] = [];
  for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) taken.push(one);
  return taken;
}

export async function drainTexts(channel: ProbeChannel, queue: string): Promise<readonly string[]> {
  return (await drain(channel, queue)).map(textOf);
}
