import { HttpDesk10, mapOf10 } from '../../harness/probe/amqp10-http.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import type { AmqpValue } from '../../harness/wire/amqp10/codec.ts';

export const truth = (value: boolean): AmqpValue => ({ type: 'boolean', value });
export const text = (value: string): AmqpValue => ({ type: 'string', value });
export const durable = mapOf10({ durable: truth(true) });
export const path = (kind: 'queues' | 'exchanges', name: string): string => `/${kind}/${encodeURIComponent(name)}`;

export const refusals: readonly Answer[] = [
  { kind: 'detach', condition: 'any', reading: 'text' },
  { kind: 'end', condition: 'any', reading: 'practice' },
];

export async function desk(peer: Peer): Promise<HttpDesk10> {
  return HttpDesk10.attach(await peer.session10(), peer.name('link'));
}

/** A queue of the check's own, by the desk. */
export async function queue(peer: Peer, at: HttpDesk10): Promise<string> {
  const name = peer.name();
  const { status } = await at.ask('PUT', path('queues', name), durable);
  peer.require(status === 201, `PUT of a new queue is answered with ${status}, not with 201.`);
  return name;
}

export async function exchange(peer: Peer, at: HttpDesk10, type = 'direct'): Promise<string> {
  const name = peer.name();
  const { status } = await at.ask('PUT', path('exchanges', name), mapOf10({ type: text(type), durable: truth(true) }));
  peer.require(status === 204, `PUT of a new exchange is answered with ${status}, not with 204.`);
  return name;
}

/** The request is answered with one of these. */
export async function expectStatus(peer: Peer, asked: ReturnType<HttpDesk10['ask']>, what: string, ...due: readonly number[]): Promise<AmqpValue | undefined> {
  const { status, body } = await asked;
  peer.require(due.includes(status), `${what} is answered with ${status}, not with ${due.join(' or ')}.`);
  return body;
}

export const binding = (source: string, destination: string, key: string): AmqpValue =>
  mapOf10({ source: text(source), destination_queue: text(destination), binding_key: text(key), arguments: mapOf10({}) });

export function attachTo(peer: Peer, address: string) {
  return {
    name: peer.name('link'),
    handle: 77,
    role: 'sender' as const,
    initialDeliveryCount: 0,
    source: { type: 'source' as const },
    target: { type: 'target' as const, address },
  };
}

export async function listed(peer: Peer, at: HttpDesk10, query: string): Promise<readonly AmqpValue[]> {
  const body = await expectStatus(peer, at.ask('GET', query), 'GET of bindings', 200);
  peer.require(body?.type === 'list', 'The bindings are told as no list.');
  return body.value;
}
