import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { ConnectOptions, Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodeTable, fieldTable, method } from '../../harness/wire/amqp091/codec.ts';
import { declaredSize, frameOfType, tableOf, truncatedPayload, withArgument, wrongFrameEnd } from '../../harness/wire/amqp091/craft.ts';
import { bodyFrame, headerFrame, methodFrame, octets, pattern } from './frames.ts';

const sequence: DutyId = 'amqp091/connection.sequence-before-open:enforce';
const error: DutyId = 'amqp091/2.2.4.error-before-open:enforce';

interface Departure {
  readonly slug: string;
  readonly title: string;
  readonly duty: DutyId;
  /** How far the handshake is healthy. */
  readonly upTo: NonNullable<ConnectOptions['upTo']>;
  readonly bytes: Uint8Array;
}

const startOk = method('connection.start-ok', { mechanism: 'PLAIN', response: pattern(8), locale: 'en_US' });
const startOkFrame = methodFrame(0, 'connection.start-ok', startOk.args);
const tuneOkFrame = methodFrame(0, 'connection.tune-ok', { channelMax: 1, frameMax: 4096 });
const openFrame = methodFrame(0, 'connection.open', { virtualHost: '/' });

const departures: readonly Departure[] = [
  { slug: 'open-for-start-ok', title: 'connection.open in place of start-ok', duty: sequence, upTo: 'start', bytes: openFrame },
  { slug: 'tune-ok-for-start-ok', title: 'connection.tune-ok in place of start-ok', duty: sequence, upTo: 'start', bytes: tuneOkFrame },
  {
    slug: 'secure-ok-for-start-ok',
    title: 'connection.secure-ok in place of start-ok',
    duty: sequence,
    upTo: 'start',
    bytes: methodFrame(0, 'connection.secure-ok', { response: pattern(8) }),
  },
  { slug: 'start-ok-for-tune-ok', title: 'A second start-ok in place of tune-ok', duty: sequence, upTo: 'tune', bytes: startOkFrame },
  { slug: 'open-for-tune-ok', title: 'connection.open in place of tune-ok', duty: sequence, upTo: 'tune', bytes: openFrame },
  { slug: 'tune-ok-for-open', title: 'A second tune-ok in place of open', duty: sequence, upTo: 'tune-ok', bytes: tuneOkFrame },
  { slug: 'channel-for-open', title: 'channel.open in place of connection.open', duty: sequence, upTo: 'tune-ok', bytes: methodFrame(1, 'channel.open') },
  {
    slug: 'declare-for-start-ok',
    title: 'A method of another class in place of start-ok',
    duty: sequence,
    upTo: 'start',
    bytes: methodFrame(1, 'queue.declare', { queue: 'amqpspec', passive: true }),
  },
  { slug: 'start-from-client', title: 'connection.start from the client', duty: sequence, upTo: 'start', bytes: methodFrame(0, 'connection.start') },
  { slug: 'header-before-open', title: 'A content header before the connection is open', duty: error, upTo: 'start', bytes: headerFrame(0, { bodySize: 0 }) },
  { slug: 'body-before-open', title: 'A body frame before the connection is open', duty: error, upTo: 'start', bytes: bodyFrame(0, octets(1)) },
  {
    slug: 'unknown-type-before-open',
    title: 'A frame of unknown type before the connection is open',
    duty: 'amqp091/4.2.3.frame-type:enforce',
    upTo: 'start',
    bytes: frameOfType(77, 0, octets(1, 2, 3)),
  },
  {
    slug: 'wrong-end-before-open',
    title: 'A frame that does not end with CE before the connection is open',
    duty: 'amqp091/4.2.3.frame-end:enforce',
    upTo: 'start',
    bytes: wrongFrameEnd(startOkFrame),
  },
  {
    slug: 'size-too-small-before-open',
    title: 'A frame whose size stops short of its end before the connection is open',
    duty: 'amqp091/4.2.3.frame-end:enforce',
    upTo: 'start',
    bytes: declaredSize(startOkFrame, 12),
  },
  { slug: 'start-ok-cut', title: 'A start-ok that ends before its arguments do', duty: error, upTo: 'start', bytes: truncatedPayload(startOkFrame, 12) },
  {
    slug: 'client-properties-cut',
    title: 'Client-properties that reach beyond their frame',
    duty: error,
    upTo: 'start',
    bytes: withArgument(0, startOk, 'clientProperties', tableOf(octets(), 0x7fffffff)),
  },
  {
    slug: 'client-properties-of-unknown-type',
    title: 'Client-properties with a value of unknown type',
    duty: error,
    upTo: 'start',
    bytes: withArgument(0, startOk, 'clientProperties', tableOf(octets(1, 65, 90, 0))),
  },
  {
    slug: 'unknown-method-before-open',
    title: 'An unknown method before the connection is open',
    duty: error,
    upTo: 'start',
    bytes: frameOfType(1, 0, octets(0, 10, 3, 231)),
  },
];

/** A table of this many octets, its size included. */
const padding = (size: number) => fieldTable({ padding: 'p'.repeat(size - encodeTable(fieldTable({ padding: '' })).length) });

const refusedHosts: readonly (readonly [slug: string, title: string, duty: DutyId, host: (peer: Peer) => string])[] = [
  ['unknown-virtual-host', 'An unknown virtual host is refused', 'amqp091/connection.open.virtual-host-unknown:enforce', peer => peer.name()],
  ['empty-virtual-host', 'An empty virtual host is refused', 'amqp091/connection.open.virtual-host-notnull:enforce', () => ''],
  ['long-virtual-host', 'A virtual host of 128 octets is refused', 'amqp091/connection.open.virtual-host-length:enforce', () => 'v'.repeat(128)],
  ['longest-virtual-host', 'A virtual host of 255 octets is refused', 'amqp091/connection.open.virtual-host-length:enforce', () => 'v'.repeat(255)],
];

/** The opening sequence of section 2.2.4 and method open. */
export const openChecks: readonly Check[] = [
  check('amqp091/open/sequence', {
    title: 'A connection opens with start, tune and open-ok, in that order',
    duties: ['amqp091/connection.open.open-ok:emit', 'amqp091/connection.sequence-before-open:emit', 'amqp091/connection.sequence:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      await (await connection.channel()).close();
      await connection.close();
    },
  }),
  check('amqp091/open/large-start-ok', {
    title: 'A start-ok that nearly fills 4096 octets is accepted',
    duties: ['amqp091/connection.tune.frame-max-minimum:emit'],
    async run(peer: Peer) {
      await peer.connection({ properties: padding(3700) });
    },
  }),
  check('amqp091/open/oversized-start-ok', {
    title: 'What becomes of a start-ok of more than 4096 octets',
    duties: ['amqp091/connection.tune.frame-max-minimum:permit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'start-ok', properties: padding(4200) });
      const seen = await connection.next('close');
      peer.measure('start-ok of more than 4096 octets', describeSeen(seen));
    },
  }),
  ...departures.map(({ slug, title, duty, upTo, bytes }) =>
    check(`amqp091/open/${slug}`, {
      title: `${title} ends the connection without a word`,
      duties: [duty],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        const connection = await peer.connection({ upTo });
        connection.sendBytes(bytes);
        await connection.answersTo(duty);
      },
    }),
  ),
  ...refusedHosts.map(([slug, title, duty, host]) =>
    check(`amqp091/open/${slug}`, {
      title,
      duties: [duty],
      departs: true,
      async run(peer: Peer) {
        const connection = await peer.connection({ upTo: 'open', virtualHost: host(peer) });
        await connection.answersTo(duty);
      },
    }),
  ),
];
