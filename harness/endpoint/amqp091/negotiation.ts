import type { MethodArguments } from '../../spec/amqp091/classes.ts';
import type { FieldTable } from '../../spec/amqp091/domains.ts';
import { fieldValue } from '../../wire/amqp091/field-table.ts';
import type { ClientMechanism, ServerMechanism } from '../sasl.ts';
import type { Breach } from './breaches.ts';
import { textWireReadings, type WireReadings } from './readings.ts';
import type { Limits } from './vocabulary.ts';

/** What a handshake has come to. Once it is done or has failed it takes no more events. `reason` is a phrase for people without any secret. */
export type HandshakeResult<Session> =
  | { readonly kind: 'pending' }
  | { readonly kind: 'done'; readonly session: Session }
  | { readonly kind: 'failed'; readonly reason: string };

/** Why a virtual host is not opened that the user may use. */
export const notOpened = {
  full: 'the broker takes no more connections',
  'user-full': 'the broker takes no more connections of this user',
  'virtual-host-full': 'the broker takes no more connections to this virtual host',
} as const;

export interface ServerHandshakeSettings {
  readonly properties: FieldTable;
  readonly mechanisms: readonly ServerMechanism[];
  /** Defaults to en_US alone. */
  readonly locales?: readonly string[];
  /** Whether this user may use this virtual host; `full` and its like: not now, since there are too many connections, or too many of the user or to the virtual host. */
  openVirtualHost(name: string, user: string): 'open' | 'unknown' | 'refused' | keyof typeof notOpened;
  /** Called when credentials do not hold; runs `answer` when that may be told. Left out: at once. The standard advises seconds (4.10.2). */
  readonly afterRefusal?: (answer: (now: number) => void) => void;
}

/** Who came through a server's handshake, and on what terms. */
export interface ClientSession {
  readonly user: string;
  readonly virtualHost: string;
  readonly mechanism: string;
  readonly locale: string;
  readonly clientProperties: FieldTable;
  readonly limits: Limits;
}

export interface ClientHandshakeSettings {
  readonly properties: FieldTable;
  /** In order of preference; the first that the server offers is taken. */
  readonly mechanisms: readonly ClientMechanism[];
  readonly virtualHost: string;
  /** Defaults to en_US. */
  readonly locale?: string;
  /** The last step to take part in: what was received (`start`, `tune`, `open-ok`) or sent (`tune-ok`). Defaults to `open-ok`. */
  readonly upTo?: 'start' | 'tune' | 'tune-ok' | 'open-ok';
}

/** What a client learned of the server on the way. */
export interface ServerSession {
  readonly start: MethodArguments<'connection.start'>;
  /** Absent where the handshake was to end before it. */
  readonly tune: MethodArguments<'connection.tune'> | undefined;
  readonly limits: Limits;
}

/** Zero from either side sets no limit of its own, so that the other's stands (errata 10). */
export function lower(one: number, other: number): number {
  return one === 0 || other === 0 ? one + other : Math.min(one, other);
}

/** What is wrong with a client's answer to this offer. */
export function judgeTuneOk(
  offer: Limits,
  { channelMax, frameMax }: MethodArguments<'connection.tune-ok'>,
  { frameMaxMinimum, frameMaxZero }: WireReadings = textWireReadings,
): Breach | undefined {
  if (offer.channelMax > 0 && channelMax > offer.channelMax) {
    return { rule: 'amqp091/connection.tune-ok.channel-max-upper-limit', detail: `channel-max ${channelMax} where ${offer.channelMax} was offered` };
  }
  if (offer.frameMax > 0 && frameMax > offer.frameMax) {
    return { rule: 'amqp091/connection.tune-ok.frame-max-upper-limit', detail: `frame-max ${frameMax} where ${offer.frameMax} was offered` };
  }
  if (frameMax === 0 && frameMaxZero === 'practice' && offer.frameMax > 0) {
    return { rule: 'amqp091/connection.tune-ok.frame-max-upper-limit', detail: `no frame-max where ${offer.frameMax} was offered` };
  }
  if (frameMax > 0 && frameMax < frameMaxMinimum) {
    return { rule: 'amqp091/connection.tune-ok.frame-max-minimum', detail: `frame-max ${frameMax} is below ${frameMaxMinimum}` };
  }
  return undefined;
}

/** What a client with these limits of its own answers to an offer: the lower of each, and heartbeats only where it wants them. */
export function wished(offer: MethodArguments<'connection.tune'>, own: Limits): Limits {
  return {
    channelMax: lower(offer.channelMax, own.channelMax),
    frameMax: lower(offer.frameMax, own.frameMax),
    heartbeatS: own.heartbeatS === 0 ? 0 : lower(offer.heartbeat, own.heartbeatS),
  };
}

/** Whether a peer's properties announce this capability. */
export function announces(properties: FieldTable, capability: string): boolean {
  const capabilities = fieldValue(properties, 'capabilities');
  return capabilities?.type === 'table' && fieldValue(capabilities.value, capability)?.value === true;
}

/** The version that a protocol header names, for people. */
export function versionOf(header: Uint8Array): string {
  return `AMQP ${header.subarray(4, 8).join('-')}`;
}
