import type { ServerMechanism } from '../../endpoint/sasl.ts';
import { type ScramHash, scramServer } from '../../endpoint/scram.ts';
import type { TokenChecker } from './amqp10-tokens.ts';
import { type Amqp091Settings, defaultAmqp091Settings, mechanismsOf } from './amqp091-settings.ts';
import { scramSecretOf } from './scram-secrets.ts';

const scramHashes: readonly ScramHash[] = ['sha256', 'sha512'];

/** What both protocols of a listener have in common. */
type Common = Pick<
  Amqp091Settings,
  | 'users'
  | 'anonymous'
  | 'contentMax'
  | 'handshakeTimeoutMs'
  | 'refusalDelayMs'
  | 'closeOkWithinMs'
  | 'unreadMax'
  | 'dialectName'
  | 'product'
  | 'version'
  | 'host'
  | 'log'
>;

/** What a listener for 1.0 offers and tolerates besides. */
export interface Limits10 {
  /** Highest channel number of a session, so that there may be one more. */
  readonly channelMax: number;
  /** Highest handle of a link on a session. */
  readonly handleMax: number;
  /** Octets of a frame. */
  readonly maxFrameSize: number;
  /** Silence of a client, announced as half of what is borne; 0: however long. In milliseconds. */
  readonly idleTimeOutMs: number;
  /** Transfer frames that a client may send on a session before it is told of more room. */
  readonly windowFrames: number;
  /** Deliveries that a client may have under way on a link. */
  readonly creditMax: number;
  /** How long a transaction may take; 0: however long. In milliseconds. */
  readonly transactionTimeoutMs: number;
}

export interface Amqp10Settings extends Common {
  readonly limits10: Limits10;
  /** Queues that are attached to and do not exist come into being. */
  readonly autoCreate: boolean;
  /** Nobody comes in without a SASL layer. Left out: so it is where there is no user for ANONYMOUS. */
  readonly saslRequired?: boolean;
  /** Looks into tokens that clients put to `$cbs`, and to `/auth/tokens` at `/management`; left out: there is no such node. */
  readonly tokens?: TokenChecker;
}

export const defaultAmqp10Settings: Amqp10Settings = {
  ...defaultAmqp091Settings,
  limits10: {
    channelMax: 1023,
    handleMax: 4095,
    maxFrameSize: 131_072,
    idleTimeOutMs: 60_000,
    windowFrames: 2048,
    creditMax: 256,
    transactionTimeoutMs: 0,
  },
  autoCreate: false,
};

/** The mechanisms of 1.0: those of 0-9-1 but for its own, and SCRAM for the users whose password is known. */
export function mechanisms10(settings: Amqp10Settings, commonName: string | undefined): readonly ServerMechanism[] {
  const common = mechanismsOf(settings, commonName).filter(({ name }) => name !== 'AMQPLAIN');
  const known = Object.values(settings.users).some(secret => typeof secret === 'string');
  return known ? [...common, ...scramHashes.map(hash => scramServer(hash, user => scramSecretOf(settings.users, user, hash)))] : common;
}
