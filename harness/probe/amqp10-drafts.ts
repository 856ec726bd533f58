import type { SessionEndpoint } from '../endpoint/amqp10/vocabulary.ts';
import { encodeMessage, type Performative, type PerformativeName } from '../wire/amqp10/codec.ts';
import type { Sendable, SourceDraft, TargetDraft } from './amqp10-links.ts';
import type { Draft10 } from './amqp10-peer.ts';

/** Transfers that a session of the probe takes before it tells of more room. */
const window = 2048;

/** What makes a draft whole: the mandatory fields that nobody named, by the state of the session that it is sent on. */
export function drafted<N extends PerformativeName>(name: N, fields: Draft10<N>, session: SessionEndpoint | undefined): Extract<Performative, { type: N }> {
  const { nextIncomingId, incomingWindow = window, nextOutgoingId = 0, outgoingWindow = window } = session ?? {};
  const defaults = {
    open: { containerId: 'amqpspec' },
    begin: { nextOutgoingId: 0, incomingWindow: window, outgoingWindow: window },
    flow: { nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow },
    disposition: { role: 'receiver' },
  } as const;
  return { type: name, ...(name in defaults ? defaults[name as keyof typeof defaults] : {}), ...fields } as unknown as Extract<Performative, { type: N }>;
}

const encoder = new TextEncoder();

/** A message as octets. */
export function octetsOf(message: Sendable): Uint8Array {
  if (message instanceof Uint8Array) return message;
  return encodeMessage(typeof message === 'string' ? { body: { type: 'data', value: [encoder.encode(message)] } } : message);
}

type Terminus<T extends 'source' | 'target'> = Extract<Extract<Performative, { type: 'attach' }>[T], { type: T | 'coordinator' }>;

/** A target from an address, from null for the anonymous terminus, or as it is given. */
export function targetOf(target: string | null | TargetDraft): Terminus<'target'> {
  if (target === null) return { type: 'target' };
  if (typeof target === 'string') return { type: 'target', address: target };
  return 'type' in target ? target : { type: 'target', ...target };
}

export function sourceOf(source: string | SourceDraft): Terminus<'source'> {
  if (typeof source === 'string') return { type: 'source', address: source };
  return ('type' in source ? source : { type: 'source', ...source }) as Terminus<'source'>;
}
