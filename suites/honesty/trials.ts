import type { ConnectOptions, Peer, ProbeChannel, ProbeConnection, Seen } from '../../harness/probe/peer.ts';

/** Tries every candidate on a connection of its own, all at once, and gives those that were taken, in their order. */
export async function taken(candidates: readonly number[], take: (candidate: number) => Promise<boolean>): Promise<readonly number[]> {
  const outcomes = await Promise.all(candidates.map(take));
  return candidates.filter((_, at) => outcomes[at]);
}

export const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other), 0);

export const isMethod = (seen: Seen, name: string): boolean => seen.kind === 'method' && seen.method.name === name;

/** Whether the server opens a connection with these limits. */
export async function opensWith(peer: Peer, limits: Pick<ConnectOptions, 'channelMax' | 'frameMax'>): Promise<boolean> {
  const connection = await peer.connection({ upTo: 'open', ...limits });
  const opened = isMethod(await connection.next('close'), 'connection.open-ok');
  connection.destroy();
  return opened;
}

/** Whether a harmless request behind what was sent is answered as if nothing had been wrong with it. */
export async function goesOn(channel: ProbeChannel): Promise<boolean> {
  channel.send('basic.qos', { prefetchCount: 1 });
  return isMethod(await channel.connection.next('close'), 'basic.qos-ok');
}

/** What a check may try up to where a server sets no limit to the size of a frame, in octets. */
const unlimited = 131_072;

export const frameMaxOf = ({ limits }: ProbeConnection): number => (limits.frameMax === 0 ? unlimited : limits.frameMax);

/** The frame-max that the server offers, or a large one where it sets no limit. */
export async function offeredFrameMax(peer: Peer): Promise<{ readonly size: number; readonly limited: boolean }> {
  const asking = await peer.connection({ upTo: 'tune' });
  const { frameMax } = asking.tune;
  asking.destroy();
  return frameMax === 0 ? { size: unlimited, limited: false } : { size: frameMax, limited: true };
}

/** A padding that makes a frame of exactly this size. */
export const padded = (size: number, frameOf: (padding: string) => Uint8Array): Uint8Array => frameOf('p'.repeat(Math.max(0, size - frameOf('').length)));
