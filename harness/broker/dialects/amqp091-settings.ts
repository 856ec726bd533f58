import type { ServerHandshakeSettings } from '../../endpoint/amqp091/negotiation.ts';
import { textWireReadings, type WireReadings } from '../../endpoint/amqp091/readings.ts';
import type { Limits } from '../../endpoint/amqp091/vocabulary.ts';
import { amqplainServer, anonymousServer, externalServer, plainServer, type ServerMechanism } from '../../endpoint/sasl.ts';
import { fieldTable } from '../../wire/amqp091/field-table.ts';
import type { Log } from '../log.ts';
import { matches, type Secret } from './secrets.ts';

/** What a listener for 0-9-1 offers and tolerates. */
export interface Amqp091Settings {
  /** Passwords by user, or hashes of them. */
  readonly users: Readonly<Record<string, Secret>>;
  /** The user that ANONYMOUS stands for; undefined: the mechanism is not offered. */
  readonly anonymous: string | undefined;
  /** What is offered in tune. */
  readonly limits: Limits;
  /** Largest body taken from a client, in octets. */
  readonly contentMax: number;
  /** How long the opening may take, from accept to open-ok, in milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** How long a client waits for the answer to wrong credentials, in milliseconds. The standard advises seconds (4.10.2). */
  readonly refusalDelayMs: number;
  /** How long our close waits for close-ok, in milliseconds. */
  readonly closeOkWithinMs: number;
  /** Octets of answers that a client may leave unread before no more of its requests are read. */
  readonly unreadMax: number;
  /** Where brokers differ from the text in framing, content and the opening. */
  readonly readings: WireReadings;
  /** Whose reading of the standard this is, as `rabbitmq 4.0`, for server-properties; undefined: the text's. */
  readonly dialectName: string | undefined;
  /** What server-properties say of us. */
  readonly product: string;
  readonly version: string;
  readonly host: string;
  readonly log: Log;
}

export const defaultAmqp091Settings: Amqp091Settings = {
  users: { guest: 'guest' },
  anonymous: undefined,
  limits: { channelMax: 2047, frameMax: 131_072, heartbeatS: 60 },
  contentMax: 128 * 1024 * 1024,
  handshakeTimeoutMs: 10_000,
  refusalDelayMs: 0,
  closeOkWithinMs: 5_000,
  unreadMax: 1024 * 1024,
  readings: textWireReadings,
  dialectName: undefined,
  product: 'amqpspec',
  version: '0.1.0',
  host: 'localhost',
  log: () => {},
};

/** Extensions that are served as their documents say; no other is announced. */
const capabilities = {
  publisher_confirms: true,
  'basic.nack': true,
  exchange_exchange_bindings: true,
  direct_reply_to: true,
  consumer_cancel_notify: true,
  consumer_priorities: true,
  authentication_failure_close: true,
  'connection.blocked': true,
};

/**
 * What the handshake needs of the settings. `perConsumer`: prefetch is read as per consumer, which clients are told by a capability. `commonName`: of
 * the client's certificate, where it was verified.
 */
export function handshakeSettings(
  settings: Amqp091Settings,
  perConsumer: boolean,
  commonName?: string,
): Pick<ServerHandshakeSettings, 'properties' | 'mechanisms'> {
  const { product, version, host, dialectName } = settings;
  return {
    properties: fieldTable({
      product,
      version,
      host,
      platform: 'Node.js',
      copyright: 'the amqpspec authors; Apache License 2.0',
      information: 'A reference broker to judge checks and test clients by.',
      ...(dialectName !== undefined && { dialect: dialectName }),
      capabilities: perConsumer ? { ...capabilities, per_consumer_qos: true } : capabilities,
    }),
    mechanisms: mechanismsOf(settings, commonName),
  };
}

/** Whether this is the secret of the user. */
export function holds({ users }: Amqp091Settings, user: string, secret: Uint8Array): boolean {
  return proves(users, user, new TextDecoder().decode(secret));
}

function proves(users: Amqp091Settings['users'], user: string, password: string): boolean {
  const secret = Object.hasOwn(users, user) ? users[user] : undefined;
  return secret !== undefined && matches(secret, password);
}

/** In the order in which they are announced. */
export function mechanismsOf({ users, anonymous }: Pick<Amqp091Settings, 'users' | 'anonymous'>, commonName: string | undefined): readonly ServerMechanism[] {
  const verify = ({ user, password }: { readonly user: string; readonly password: string }) => proves(users, user, password);
  return [
    plainServer(verify),
    amqplainServer(verify),
    ...(anonymous === undefined ? [] : [anonymousServer(anonymous)]),
    ...(commonName === undefined ? [] : [externalServer(commonName, user => Object.hasOwn(users, user))]),
  ];
}
