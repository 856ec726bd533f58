import { type Check, check } from '../../harness/check/check.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { bareClose, close, headerThenClose } from '../../harness/spec/amqp10/phrases.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodeFrame, protocolHeaders } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';

const { amqp, sasl } = protocolHeaders;
const dialled = (peer: Peer): Promise<Connection10> => peer.connection10({ upTo: 'dial' });
const header = (id: number, major: number, minor: number, revision: number): Uint8Array => Uint8Array.of(0x41, 0x4d, 0x51, 0x50, id, major, minor, revision);
const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const one = (bytes: Uint8Array): readonly Uint8Array[] => Array.from(bytes, octet => Uint8Array.of(octet));

/** Says these eight octets first: another header is offered, and the end of the stream follows at once. */
async function greets(peer: Peer, bytes: Uint8Array, duty: DutyId): Promise<void> {
  const connection = await dialled(peer);
  connection.sendBytes(bytes);
  const offered = await connection.expectHeader('close');
  const letters = Buffer.from(offered.subarray(0, 4)).toString('latin1');
  peer.require(letters === 'AMQP' && !same(offered, bytes), `The header ${hex(offered)} is offered, where ${hex(bytes)} was asked for.`, duty);
  const next = await connection.next('close');
  peer.require(next.kind === 'ended', `Behind its header the server goes on with ${next.kind}, where the headers differ.`, duty);
}

const versions: readonly (readonly [slug: string, what: string, bytes: Uint8Array])[] = [
  ['version-2', 'version 2.0.0 of AMQP', header(0, 2, 0, 0)],
  ['version-minor', 'version 1.1.0 of AMQP', header(0, 1, 1, 0)],
  ['version-revision', 'revision 1.0.1 of AMQP', header(0, 1, 0, 1)],
  ['version-0', 'version 0.0.0 of AMQP', header(0, 0, 0, 0)],
  ['version-255', 'version 255.255.255 of AMQP', header(0, 255, 255, 255)],
  ['version-of-sasl', 'version 1.1.0 of the SASL layer', header(3, 1, 1, 0)],
];

const unreadable: readonly (readonly [slug: string, what: string, bytes: Uint8Array])[] = [
  ['lower-case', 'amqp in lower case', octets('amqp\0\x01\0\0')],
  ['http', 'the beginning of a request of HTTP', octets('GET / HT')],
  ['zeros', 'eight octets of zero', new Uint8Array(8)],
  ['one-letter-off', 'AMQQ for AMQP', octets('AMQQ\0\x01\0\0')],
];

/** The first eight octets of frames: what lies behind them when the stream ends could cost us the answer. */
const heads: readonly (readonly [slug: string, what: string, bytes: Uint8Array])[] = [
  ['open', 'The head of an open', frameOf(compositeAs('open', { containerId: 'no header' })).slice(0, 8)],
  ['sasl-init', 'The head of a sasl-init', encodeFrame({ type: 'sasl', body: { type: 'sasl-init', mechanism: 'ANONYMOUS' } }).slice(0, 8)],
  ['empty', 'An empty frame', frameOf(new Uint8Array(0))],
];

/** Protocol headers: section 2.2. */
export const header10Checks: readonly Check[] = [
  check('amqp10/header/answered', {
    title: 'The header that asks for what the server supports is answered with the same header',
    duties: ['amqp10/2.2.supported-version:emit', 'amqp10/2.2.header-layout:emit', 'amqp10/2.2.header-first:emit', 'amqp10/2.2.same-version:emit'],
    async run(peer: Peer) {
      const connection = await dialled(peer);
      connection.sendBytes(sasl);
      const answer = await connection.expectHeader();
      if (same(answer, amqp)) peer.unsupported('The server has no SASL layer: it answers with the header of plain AMQP.');
      peer.require(same(answer, sasl), `The header of the SASL layer is answered with ${hex(answer)}.`);
      await connection.expectSasl('sasl-mechanisms');
    },
  }),
  check('amqp10/header/opened', {
    title: 'Behind the header of AMQP come frames of AMQP, an open first',
    duties: ['amqp10/2.2.same-version:emit', 'amqp10/2.2.header-first:emit', 'amqp10/2.2.supported-version:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      await connection.close();
    },
  }),
  check('amqp10/header/plain', {
    title: 'The header of plain AMQP is served, or answered with that of the layer that is asked for and the end of the stream',
    duties: ['amqp10/2.2.unacceptable-id:enforce', 'amqp10/2.2.mismatch-close:emit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await dialled(peer);
      connection.sendBytes(amqp);
      const answer = await connection.expectHeader();
      if (same(answer, amqp)) {
        connection.send(0, 'open', { containerId: peer.name() });
        await connection.expect('open');
      } else {
        const id = answer[4] ?? 0;
        peer.require(same(answer, header(id, 1, 0, 0)) && [2, 3].includes(id), `Plain AMQP is answered with ${hex(answer)}.`);
        const next = await connection.next('close');
        peer.require(next.kind === 'ended', `Behind its header the server goes on with ${next.kind}, where the headers differ.`);
      }
    },
  }),
  ...[1, 7, 255].map(id =>
    check(`amqp10/header/protocol-id-${id}`, {
      title: `The protocol id ${id}, which nobody has, is answered with a header that will do, and the end of the stream`,
      duties: ['amqp10/2.2.unacceptable-id:enforce', 'amqp10/2.2.mismatch-close:emit'],
      departs: true,
      run: (peer: Peer) => greets(peer, header(id, 1, 0, 0), 'amqp10/2.2.unacceptable-id:enforce'),
    }),
  ),
  ...versions.map(([slug, what, bytes]) =>
    check(`amqp10/header/${slug}`, {
      title: `${what[0]?.toUpperCase()}${what.slice(1)} is answered with a header of a version that there is, and the end of the stream`,
      duties: ['amqp10/2.2.unsupported-version:enforce', 'amqp10/2.2.mismatch-close:emit'],
      departs: true,
      run: (peer: Peer) => greets(peer, bytes, 'amqp10/2.2.unsupported-version:enforce'),
    }),
  ),
  check('amqp10/header/lower-version', {
    title: 'Who asks for a version above 1.0.0 is offered 1.0.0',
    duties: ['amqp10/2.2.lower-version:emit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await dialled(peer);
      connection.sendBytes(header(0, 1, 1, 0));
      const answer = await connection.expectHeader();
      const offered = answer.slice(5).join('.');
      peer.require(offered === '1.0.0', `Version 1.1.0 was asked for, and ${offered} is offered, where 1.0.0 is the highest below it.`);
    },
  }),
  ...unreadable.map(([slug, what, bytes]) =>
    check(`amqp10/header/${slug}`, {
      title: `Where ${what} comes for a header, the server sends one of its own and closes the stream`,
      duties: ['amqp10/2.2.unreadable-header:enforce'],
      departs: true,
      run: (peer: Peer) => greets(peer, bytes, 'amqp10/2.2.unreadable-header:enforce'),
    }),
  ),
  ...heads.map(([slug, what, bytes]) =>
    check(`amqp10/header/missing-before-${slug}`, {
      title: `${what} in place of a header is answered with a header, and the end of the stream`,
      duties: ['amqp10/2.2.header-first:enforce'],
      departs: true,
      run: (peer: Peer) => greets(peer, bytes, 'amqp10/2.2.header-first:enforce'),
    }),
  ),
  check('amqp10/header/missing-behind-sasl', {
    title: 'An open behind the SASL layer, without the header of AMQP, ends the connection',
    duties: ['amqp10/2.2.header-first:enforce'],
    departs: true,
    async run(peer: Peer) {
      // The probe's own header of AMQP stays unsent.
      const connection = await peer.connection10({ upTo: 'sasl', cut: bytes => (same(bytes, amqp) ? [] : [bytes]) });
      connection.sendBytes(frameOf(compositeAs('open', { containerId: peer.name() })));
      const duty: DutyId = 'amqp10/2.2.header-first:enforce';
      // That the stream goes on where another layer has been is told nowhere: what a reader of frames says is as good.
      await connection.answersTo(duty, { answers: [headerThenClose, bareClose, close('amqp:connection:framing-error', 'practice')] });
    },
  }),
  check('amqp10/header/octet-by-octet', {
    title: 'A header that comes octet by octet is served',
    duties: ['amqp10/2.2.header-in-pieces:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ cut: one, upTo: 'header' });
      connection.send(0, 'open', { containerId: peer.name() });
      await connection.expect('open');
    },
  }),
  check('amqp10/header/two-pieces', {
    title: 'A header that is cut in two behind its protocol id is served',
    duties: ['amqp10/2.2.header-in-pieces:emit'],
    async run(peer: Peer) {
      await peer.connection10({ cut: bytes => [bytes.subarray(0, 5), bytes.subarray(5)].filter(piece => piece.length > 0) });
    },
  }),
];
