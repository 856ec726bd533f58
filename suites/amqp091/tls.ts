import { type Check, check } from '../../harness/check/check.ts';
import type { TlsVersion } from '../../harness/probe/facilities.ts';
import type { Peer, RawStream } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { protocolHeader091 } from '../../harness/wire/amqp091/codec.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { octets, pattern, same } from './frames.ts';
import { roundTrip, secureChannel } from './tls-talk.ts';

const sameProtocol: DutyId = 'amqp091/tls.same-protocol:emit';
const stalled: DutyId = 'amqp091/tls.stalled-handshake:emit';

/** As a TLS client begins: the head of a record with a client hello of 244 octets, and that of the hello. */
const helloBegins = octets(0x16, 0x03, 0x01, 0x00, 0xf8, 0x01, 0x00, 0x00);
const helloHalf = joined(helloBegins, octets(0xf4, 0x03, 0x03), pattern(32));

/** Alerts are what TLS itself has to say about what it does not understand. */
const isAlert = (bytes: Uint8Array): boolean => bytes[0] === 0x15 && bytes[1] === 0x03;

/** Opens connections that stop at several points of the TLS handshake. */
async function stall(peer: Peer): Promise<readonly RawStream[]> {
  const streams: RawStream[] = [];
  for (const part of [octets(0x16), helloBegins, helloHalf]) {
    const stream = await peer.raw(peer.facility('tls').plain);
    peer.require(stream !== 'refused', 'The port takes no connections.');
    stream.send(part);
    streams.push(stream);
  }
  return streams;
}

const current: readonly (readonly [version: TlsVersion, slug: string, duty: DutyId])[] = [
  ['TLSv1.2', '1-2', 'amqp091/tls.version-1-2:emit'],
  ['TLSv1.3', '1-3', 'amqp091/tls.version-1-3:emit'],
];

const versions: readonly Check[] = current.map(([version, slug, duty]) => {
  const name = version.replace('v', ' ');
  return check(`amqp091/tls/version-${slug}`, {
    title: `${name} is spoken`,
    duties: [duty],
    async run(peer: Peer) {
      const channel = await secureChannel(peer, { version }, `The server does not speak ${name}.`);
      await channel.barrier();
    },
  });
});

/** TLS beneath AMQP. */
export const tlsChecks: readonly Check[] = [
  ...versions,
  check('amqp091/tls/versions', {
    title: 'Which versions of TLS are spoken, 1.2 among them',
    duties: ['amqp091/tls.version-1-2:emit', 'amqp091/tls.old-versions:permit'],
    departs: true,
    async run(peer: Peer) {
      for (const version of ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const) {
        const spoken = (await peer.raw(peer.facility('tls').transport({ version }))) !== 'refused';
        peer.measure(`${version === 'TLSv1' ? 'TLS 1.0' : version.replace('v', ' ')} is spoken`, spoken);
        peer.require(spoken || version !== 'TLSv1.2', 'The server does not speak TLS 1.2.');
      }
    },
  }),
  check('amqp091/tls/whole-life', {
    title: 'Over TLS, messages of any size go and come, and the end is in order',
    duties: [sameProtocol],
    worstMs: 3000,
    async run(peer: Peer) {
      const channel = await secureChannel(peer, {}, 'The server does not speak TLS.');
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      for (const size of [0, 1, 4096, 16_384, 65_537, 1_000_000]) await roundTrip(peer, channel, queue, pattern(size));
      await channel.close();
      await channel.connection.close();
    },
  }),
  check('amqp091/tls/small-frames', {
    title: 'Over TLS, a body in many small frames comes back whole',
    duties: [sameProtocol],
    async run(peer: Peer) {
      const channel = await peer.channel({ transport: peer.facility('tls').transport(), frameMax: 8192 });
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      await roundTrip(peer, channel, queue, pattern(300_000));
    },
  }),
  check('amqp091/tls/both-ports', {
    title: 'What is published over TLS is consumed without, and the other way round',
    duties: [sameProtocol],
    async run(peer: Peer) {
      const secure = await peer.channel({ transport: peer.facility('tls').transport() });
      const open = await peer.channel();
      const queue = await open.queue({ queue: peer.name(), durable: true, exclusive: false });
      for (const [from, to] of [
        [secure, open],
        [open, secure],
      ] as const) {
        const consumerTag = await to.consume(queue, { noAck: true });
        from.publish({ routingKey: queue, body: pattern(5000) });
        peer.require(same((await to.arrival('basic.deliver')).body, pattern(5000)), 'The body came back changed.');
        await to.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      }
    },
  }),
  check('amqp091/tls/plaintext', {
    title: 'A protocol header without TLS on the port for TLS gets no AMQP answer, and the end',
    duties: ['amqp091/tls.plaintext:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const stream = await peer.raw(peer.facility('tls').plain);
      peer.require(stream !== 'refused', 'The port takes no connections.');
      stream.send(protocolHeader091);
      const { bytes, ended } = await stream.gather();
      peer.require(bytes.length === 0 || isAlert(bytes), 'The server answered plain octets on its port for TLS.');
      peer.require(ended !== undefined, 'The connection was left open.');
    },
  }),
  check('amqp091/tls/on-plain-port', {
    title: 'The first octets of TLS on the port without get a protocol header, then the end',
    duties: ['amqp091/4.2.2.unknown-protocol:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'dial' });
      connection.sendBytes(helloBegins);
      await connection.answersTo('amqp091/4.2.2.unknown-protocol:enforce');
    },
  }),
  check('amqp091/tls/stalled-handshake', {
    title: 'Clients that stop in the middle of the TLS handshake hold up nobody else',
    duties: [stalled],
    departs: true,
    async run(peer: Peer) {
      await stall(peer);
      const channel = await secureChannel(peer, {}, 'The server speaks TLS to nobody while a handshake stalls.');
      await channel.barrier();
    },
  }),
  check('amqp091/tls/stalled-handshake-ends', {
    title: 'How long the server waits in the middle of the TLS handshake, and that others are served meanwhile',
    duties: [stalled, 'amqp091/tls.stalled-handshake:permit'],
    departs: true,
    thorough: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const before = peer.now();
      const streams = await stall(peer);
      const ends = await Promise.all(
        streams.map(stream => stream.gather().then(({ ended }) => (ended === undefined ? Number.POSITIVE_INFINITY : peer.now() - before))),
      );
      const first = Math.min(...ends);
      peer.measure(
        'wait in the middle of the TLS handshake',
        first === Number.POSITIVE_INFINITY ? `longer than ${peer.budgetMs('close')} ms` : `${Math.round(first)} ms`,
      );
      if (first < Number.POSITIVE_INFINITY) await stall(peer);
      const channel = await secureChannel(peer, {}, 'The server speaks TLS to nobody while a handshake stalls.');
      await channel.barrier();
    },
  }),
  check('amqp091/tls/client-certificate', {
    title: 'A client with a certificate that the server trusts may still log in as somebody else by PLAIN',
    duties: ['amqp091/tls.client-certificate:emit'],
    async run(peer: Peer) {
      peer.facility('clientCertificates');
      const channel = await secureChannel(peer, { certificate: 'known' }, 'The server refused a certificate of an authority that it trusts.');
      await channel.barrier();
    },
  }),
  check('amqp091/tls/foreign-authority', {
    title: 'A client certificate of an authority that the server does not trust ends the connection before AMQP begins',
    duties: ['amqp091/tls.foreign-authority:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      peer.facility('clientCertificates');
      const stream = await peer.raw(peer.facility('tls').transport({ certificate: 'foreign-authority' }));
      if (stream === 'refused') return;
      stream.send(protocolHeader091);
      const { bytes, ended } = await stream.gather();
      peer.require(bytes.length === 0, 'The server speaks AMQP with a client whose certificate nobody vouches for.');
      peer.require(ended !== undefined, 'The connection was left open.');
    },
  }),
];
