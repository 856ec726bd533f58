import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { protocolHeaders } from '../../harness/wire/amqp10/codec.ts';
import { joined } from '../../harness/wire/amqp10/craft.ts';
import { ascii, expectGuarded, initFrame, layer, offering, opening, plain } from './layer.ts';

const unheardOf = 'X-AMQPSPEC-NOBODY';
const saslFrameMax = 512;
const frameHead = 8;

/** The frames of a stream behind its first protocol header. */
function framesIn(octets: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let rest = octets.subarray(frameHead);
  while (rest.length >= frameHead && rest[0] !== 0x41) {
    const size = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
    if (size < frameHead) break;
    frames.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return frames;
}

/** All SASL frames of the server in an exchange that fails. */
async function failing(peer: Peer): Promise<readonly Uint8Array[]> {
  const stream = await peer.raw();
  peer.require(stream !== 'refused', 'The port takes no connections.');
  stream.send(protocolHeaders.sasl);
  stream.send(initFrame('PLAIN', plain('', peer.name(), peer.name())));
  const { bytes } = await stream.gather();
  const frames = framesIn(bytes);
  if (bytes[4] !== 3) {
    peer.require(bytes.length === frameHead, 'SASL goes on behind a header of another id.', 'amqp10/5.3.header:emit');
    peer.notApplicable('The server has no SASL layer.');
  }
  peer.require(frames.length > 0, 'The server says nothing of its mechanisms.');
  return frames;
}

const bypasses: readonly (readonly [slug: string, what: string, octets: (peer: Peer) => Uint8Array])[] = [
  ['open', 'An open in place of init', peer => joined(...opening(peer))],
  ['header', 'A header and an open in place of init', peer => joined(protocolHeaders.amqp, ...opening(peer))],
];

/** The SASL layer itself: section 5.3. */
export const sasl10Checks: readonly Check[] = [
  check('amqp10/sasl/layer', {
    title: 'The SASL header is answered with its like, then come mechanisms, the outcome, and headers anew',
    duties: [
      'amqp10/5.3.header:emit',
      'amqp10/5.3.2.mechanisms-announced:emit',
      'amqp10/5.3.2.roles:emit',
      'amqp10/5.3.2.sequence:emit',
      'amqp10/5.3.1.body:emit',
      'amqp10/5.3.3.5.code:emit',
      'amqp10/5.3.3.5.headers-again:emit',
      'amqp10/5.1.layers-nested:emit',
    ],
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: connection.plainResponse() });
      const { code } = await connection.expectSasl('sasl-outcome');
      peer.require(code === 'ok', `The outcome is ${code}.`, 'amqp10/5.3.3.5.code:emit');
      connection.sendBytes(protocolHeaders.amqp);
      const header = await connection.expectHeader();
      peer.require(header[4] === 0, `The header behind the outcome is of id ${header[4]}.`, 'amqp10/5.3.3.5.headers-again:emit');
      connection.sendBytes(joined(...opening(peer)));
      await connection.expect('open');
      await connection.expect('begin');
    },
  }),
  check('amqp10/sasl/frames', {
    title: 'SASL frames of the server have at most 512 octets, no extended header and nothing in octets 6 and 7',
    duties: ['amqp10/5.3.header:emit', 'amqp10/5.3.1.reserved-octets:emit', 'amqp10/5.3.1.doff:emit', 'amqp10/5.3.1.size:emit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      for (const frame of await failing(peer)) {
        peer.require(frame.length <= saslFrameMax, `A SASL frame has ${frame.length} octets.`, 'amqp10/5.3.1.size:emit');
        peer.require(frame[6] === 0 && frame[7] === 0, `Octets 6 and 7 of a SASL frame are ${frame[6]} and ${frame[7]}.`, 'amqp10/5.3.1.reserved-octets:emit');
        peer.require(frame[4] === 2, `The data offset of a SASL frame is ${frame[4]} words.`, 'amqp10/5.3.1.doff:emit');
      }
    },
  }),
  ...(
    [
      ['reserved-octets', 'octets 6 and 7 set', { channel: 0xdead }],
      ['extended-header', 'an extended header', { extendedHeader: ascii('not looked at...') }],
    ] as const
  ).map(([slug, what, how]) =>
    check(`amqp10/sasl/ignored/${slug}`, {
      title: `An init with ${what} is taken like any other`,
      duties: ['amqp10/5.3.1.ignored:emit'],
      async run(peer: Peer) {
        const connection = await offering(peer, 'PLAIN');
        connection.sendBytes(initFrame('PLAIN', connection.plainResponse(), how));
        const { code } = await connection.expectSasl('sasl-outcome');
        peer.require(code === 'ok', `The outcome is ${code}.`);
      },
    }),
  ),
  check('amqp10/sasl/pipelined', {
    title: 'Header, init, header, open and begin may be sent in one piece',
    duties: ['amqp10/5.3.2.pipelined:emit'],
    async run(peer: Peer) {
      await offering(peer, 'PLAIN');
      const connection = await peer.connection10({ upTo: 'dial' });
      const init = initFrame('PLAIN', connection.plainResponse());
      connection.sendBytes(joined(protocolHeaders.sasl, init, protocolHeaders.amqp, ...opening(peer)));
      await connection.expectHeader();
      await connection.expectSasl('sasl-mechanisms');
      const { code } = await connection.expectSasl('sasl-outcome');
      peer.require(code === 'ok', `The outcome is ${code}.`);
      await connection.expectHeader();
      await connection.expect('open');
      await connection.expect('begin');
    },
  }),
  check('amqp10/sasl/large-frame', {
    title: 'What becomes of an init of more than 512 octets',
    duties: ['amqp10/5.3.1.size:permit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      connection.sendBytes(initFrame('PLAIN', plain('', peer.name(), 'x'.repeat(saslFrameMax))));
      await connection.answersTo('amqp10/5.3.1.size:permit');
    },
  }),
  check('amqp10/sasl/required', {
    title: 'A server that wants SASL answers the plain header with that of SASL and closes',
    duties: ['amqp10/5.3.required:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'dial' });
      connection.sendBytes(protocolHeaders.amqp);
      const first = await connection.next('close');
      peer.require(first.kind === 'protocol-header', 'No header answers the plain one.');
      if (first.bytes[4] === 0) {
        connection.sendBytes(joined(...opening(peer)));
        await connection.expect('open');
        peer.notApplicable('The server does not want SASL.');
      }
      peer.require(first.bytes[4] === 3, `The plain header is answered with one of id ${first.bytes[4]}.`);
      await connection.ended('close');
    },
  }),
  ...bypasses.map(([slug, what, octets]) =>
    check(`amqp10/sasl/bypassed/${slug}`, {
      title: `${what} opens no connection`,
      duties: ['amqp10/5.3.bypassed:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        const connection = await layer(peer);
        connection.sendBytes(octets(peer));
        await connection.answersTo('amqp10/5.3.bypassed:enforce');
      },
    }),
  ),
  check('amqp10/sasl/bypassed/behind-failure', {
    title: 'What is sent in one piece behind credentials that do not hold opens no connection',
    duties: ['amqp10/5.3.bypassed:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      await expectGuarded(peer);
      const connection = await offering(peer, 'PLAIN');
      connection.sendBytes(joined(initFrame('PLAIN', plain('', peer.name(), 'wrong')), protocolHeaders.amqp, ...opening(peer)));
      await connection.answersTo('amqp10/5.3.bypassed:enforce');
    },
  }),
  check('amqp10/sasl/header-missing', {
    title: 'An open without a header behind the outcome is refused',
    duties: ['amqp10/5.3.3.5.headers-again:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: connection.plainResponse() });
      await connection.expectSasl('sasl-outcome');
      connection.sendBytes(joined(...opening(peer)));
      await connection.answersTo('amqp10/5.3.3.5.headers-again:enforce');
    },
  }),
  check('amqp10/sasl/unknown-mechanism', {
    title: 'A mechanism that was not announced lets nobody in, whatever else is right',
    duties: ['amqp10/5.3.2.mechanism-chosen:enforce', 'amqp10/5.3.3.2.mechanism-unsupported:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await layer(peer);
      connection.sendSasl({ type: 'sasl-init', mechanism: unheardOf, initialResponse: connection.plainResponse() });
      await connection.answersTo('amqp10/5.3.2.mechanism-chosen:enforce');
    },
  }),
  check('amqp10/sasl/wrong-password', {
    title: 'A wrong password gets an outcome of auth without additional data, and the end',
    duties: [
      'amqp10/5.3.3.6.auth:enforce',
      'amqp10/5.3.3.5.no-data-on-failure:emit',
      'amqp10/5.3.3.5.closed-after-failure:emit',
      'amqp10/5.1.layer-ended:emit',
    ],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      await expectGuarded(peer);
      const connection = await offering(peer, 'PLAIN');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: plain('', connection.user, peer.name()) });
      const seen = await connection.next('close');
      if (seen.kind === 'ended') return;
      const outcome = seen.kind === 'sasl' && seen.body.type === 'sasl-outcome' ? seen.body : undefined;
      peer.require(outcome !== undefined, 'A wrong password is not answered with an outcome.');
      peer.require(outcome.code === 'auth', `The outcome is ${outcome.code}.`);
      peer.require(outcome.additionalData === undefined, 'The outcome has additional data.', 'amqp10/5.3.3.5.no-data-on-failure:emit');
      await connection.ended('close');
    },
  }),
  check('amqp10/sasl/tls-header', {
    title: 'The header of TLS is answered with one that the server takes, and the end, or begins TLS',
    duties: ['amqp10/5.2.header:enforce', 'amqp10/5.2.header:permit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'dial' });
      connection.sendBytes(protocolHeaders.tls);
      const first = await connection.next('close');
      peer.require(first.kind === 'protocol-header', 'No header answers that of TLS.', 'amqp10/5.2.header:enforce');
      if (first.bytes[4] === 2) return;
      await connection.ended('close');
    },
  }),
  check('amqp10/sasl/stalled', {
    title: 'Clients that stop in the middle of SASL hold up nobody else',
    duties: ['amqp10/5.3.stalled:permit'],
    departs: true,
    async run(peer: Peer) {
      const silent = await peer.connection10({ upTo: 'dial' });
      silent.sendBytes(protocolHeaders.sasl.subarray(0, 3));
      await layer(peer);
      const half = await layer(peer);
      half.sendBytes(initFrame('PLAIN', plain('', 'half', 'half')).subarray(0, 11));
      await peer.session10();
    },
  }),
];
