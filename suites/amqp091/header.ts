import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeConnection } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { protocolHeader091 } from '../../harness/wire/amqp091/codec.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { ascii, heartbeatFrame, octets, same } from './frames.ts';

/** Eight octets that open a connection; the server's answer is not yet read. */
async function opened(peer: Peer, header: Uint8Array): Promise<ProbeConnection> {
  const connection = await peer.connection({ upTo: 'dial' });
  connection.sendBytes(header);
  return connection;
}

/** The header with which the server rejects this one. */
async function offered(peer: Peer, header: Uint8Array): Promise<Uint8Array> {
  const seen = await (await opened(peer, header)).next('close');
  peer.require(seen.kind === 'protocol-header', 'The server did not answer with a protocol header.');
  return seen.bytes;
}

const version = (header: Uint8Array): number => (header[5] ?? 0) * 0x10000 + (header[6] ?? 0) * 0x100 + (header[7] ?? 0);

/** AMQP 1.0, plain, behind TLS or behind SASL: its servers accept a header by sending it back. */
const isAmqp10 = (header: Uint8Array): boolean => [0, 2, 3].includes(header[4] ?? 255) && version(header) === 0x10000;

const future = joined(ascii('AMQP'), octets(0, 99, 99, 99));

/** Eight octets each, so that nothing is left unread when the server closes. */
const rejected: readonly (readonly [slug: string, title: string, duty: DutyId, header: Uint8Array])[] = [
  ['unknown-name', 'Octets that do not spell AMQP get a protocol header, then the end', 'amqp091/4.2.2.unknown-protocol:enforce', ascii('GARBAGE!')],
  [
    'lower-case-name',
    'The name AMQP in lower case gets a protocol header, then the end',
    'amqp091/4.2.2.unknown-protocol:enforce',
    joined(ascii('amqp'), octets(0, 0, 9, 1)),
  ],
  [
    'unknown-id',
    'An unknown protocol id gets a protocol header, then the end',
    'amqp091/4.2.2.unknown-protocol:enforce',
    joined(ascii('AMQP'), octets(255, 0, 9, 1)),
  ],
  ['higher-version', 'A version of the future gets a protocol header, then the end', 'amqp091/4.2.2.unsupported-version:enforce', future],
  [
    'lower-version',
    'A version that never was gets a protocol header, then the end',
    'amqp091/4.2.2.unsupported-version:enforce',
    joined(ascii('AMQP'), octets(0, 0, 0, 1)),
  ],
  ['http', 'A request of HTTP gets a protocol header, then the end', 'amqp091/4.2.2.unknown-protocol:enforce', ascii('GET / HT')],
  ['missing', 'A frame in place of the protocol header gets a protocol header, then the end', 'amqp091/4.2.2.protocol-header:enforce', heartbeatFrame()],
];

const rejections: readonly Check[] = rejected.map(([slug, title, duty, header]) =>
  check(`amqp091/header/${slug}`, {
    title,
    duties: [duty],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      await (await opened(peer, header)).answersTo(duty);
    },
  }),
);

/** What other revisions of AMQP open with. */
const others: readonly (readonly [name: string, header: Uint8Array])[] = [
  ['0-8', joined(ascii('AMQP'), octets(1, 1, 8, 0))],
  ['0-9', joined(ascii('AMQP'), octets(1, 1, 0, 9))],
  ['0-10', joined(ascii('AMQP'), octets(1, 1, 0, 10))],
  ['1.0', joined(ascii('AMQP'), octets(0, 1, 0, 0))],
  ['1.0 behind SASL', joined(ascii('AMQP'), octets(3, 1, 0, 0))],
];

/** Some brokers give up before, most soon after; in milliseconds. */
const patienceMs = 8_000;

/** Section 4.2.2. */
export const headerChecks: readonly Check[] = [
  check('amqp091/header/accepted', {
    title: 'The protocol header of 0-9-1 is answered with connection.start',
    duties: ['amqp091/4.2.2.accepted-header:emit'],
    async run(peer: Peer) {
      await (await opened(peer, protocolHeader091)).expect(0, 'connection.start', 'handshake');
    },
  }),
  check('amqp091/header/octet-by-octet', {
    title: 'A protocol header that arrives one octet at a time is accepted',
    duties: ['amqp091/2.3.4.segmentation:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'dial' });
      for (const octet of protocolHeader091) {
        connection.sendBytes(octets(octet));
        await connection.flush();
      }
      await connection.expect(0, 'connection.start', 'handshake');
    },
  }),
  ...rejections,
  check('amqp091/header/none', {
    title: 'How patient the server is with a client that sends nothing',
    duties: ['amqp091/4.9.own-limits:permit', 'amqp091/4.2.2.accepted-header:emit'],
    thorough: true,
    worstMs: 20_000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'dial' });
      await peer.quiet(patienceMs, 'no protocol header');
      connection.sendBytes(protocolHeader091);
      const seen = await connection.next('handshake');
      const served = seen.kind === 'method' && seen.method.name === 'connection.start';
      peer.require(served || seen.kind === 'ended', `A late protocol header was answered with ${describeSeen(seen)}.`, 'amqp091/4.2.2.accepted-header:emit');
      peer.measure('client that sent nothing for 8 s', served ? 'still served' : 'cut off');
    },
  }),
  check('amqp091/header/other-protocols', {
    title: 'Which other revisions of AMQP the port answers, and how',
    duties: ['amqp091/4.2.2.accepted-header:emit', 'amqp091/4.2.2.other-protocols:permit'],
    departs: true,
    async run(peer: Peer) {
      for (const [name, header] of others) {
        const connection = await opened(peer, header);
        peer.measure(`protocol header of ${name}`, describeSeen(await connection.next('handshake')));
        connection.destroy();
      }
      await (await opened(peer, protocolHeader091)).expect(0, 'connection.start', 'handshake');
    },
  }),
  check('amqp091/header/cut-off', {
    title: 'A client that is gone amid its protocol header harms nobody',
    duties: ['amqp091/4.2.2.accepted-header:emit'],
    departs: true,
    async run(peer: Peer) {
      for (const size of [1, 4, 7]) {
        const connection = await opened(peer, protocolHeader091.subarray(0, size));
        await connection.flush();
        connection.destroy();
      }
      await (await opened(peer, protocolHeader091)).expect(0, 'connection.start', 'handshake');
    },
  }),
  check('amqp091/header/offer-is-valid', {
    title: 'The header with which another is rejected is AMQP, an id and a version, and the end follows',
    duties: ['amqp091/4.2.2.valid-header:emit'],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const connection = await opened(peer, future);
      const seen = await connection.next('close');
      peer.require(
        seen.kind === 'protocol-header' && String.fromCharCode(...seen.bytes.subarray(0, 4)) === 'AMQP',
        'No header that begins with AMQP came back.',
      );
      const after = await connection.next('close');
      peer.require(after.kind === 'ended', 'The header was followed by something else than the end.');
    },
  }),
  check('amqp091/header/offer-is-accepted', {
    title: 'The header with which another is rejected is accepted when a client opens with it',
    duties: ['amqp091/4.2.2.valid-header:emit'],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const offer = await offered(peer, future);
      const seen = await (await opened(peer, offer)).next('handshake');
      const echoed = seen.kind === 'protocol-header' && same(seen.bytes, offer) && isAmqp10(offer);
      peer.require(seen.kind === 'method' || echoed, 'The server rejects the very header that it offers.');
    },
  }),
  check('amqp091/header/offer-not-higher', {
    title: 'The version offered in answer to 0-9-2 is not above it',
    duties: ['amqp091/connection.start.server-support:emit'],
    departs: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const asked = joined(ascii('AMQP'), octets(0, 0, 9, 2));
      peer.require(version(await offered(peer, asked)) <= version(asked), 'The server offers a version above the one that was asked for.');
    },
  }),
];
