import { passing10 } from '../../saboteur/rewrites10.ts';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import { frameOf } from '../../wire/amqp10/craft.ts';
import { alone, case10, departs, drops, throughout } from './words.ts';

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);
/** In place of the server's first header. */
const firstHeader = (...octets: readonly Uint8Array[]) =>
  departs(
    passing10('to-client', 'header', (_seen, at) => at.header['to-client'] === undefined && { send: octets }),
    alone(),
  );

/** Protocol headers: section 2.2. */
export const headerCases = [
  case10({
    id: 'header/other-version',
    title: 'A header of AMQP 2.0.0 makes the client close the socket',
    duties: ['amqp10/2.2.mismatch-close:client-emit'],
    needs: 'connect',
    legal: [drops],
    seam: firstHeader(Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 2, 0, 0)),
  }),
  case10({
    id: 'header/no-header',
    title: 'Octets that are no protocol header make the client close the socket',
    duties: ['amqp10/2.2.header-first:client-enforce'],
    needs: 'connect',
    seam: firstHeader(text('HTTP/1.1 400 Bad Request\r\n\r\n')),
  }),
  case10({
    id: 'header/frame-first',
    title: 'A frame in place of the protocol header makes the client close the socket',
    duties: ['amqp10/2.2.header-first:client-enforce'],
    needs: 'connect',
    seam: firstHeader(frameOf(new Uint8Array(0))),
  }),
  case10({
    id: 'header/tls-wanted',
    title: 'A header that asks for TLS, which the client did not, makes it close the socket',
    duties: ['amqp10/2.2.mismatch-close:client-emit', 'amqp10/5.2.header:client-emit'],
    needs: 'connect',
    legal: [drops],
    seam: firstHeader(protocolHeaders.tls),
  }),
  case10({
    id: 'header/sasl-refused',
    title: 'A header without SASL, where the client asked for it, makes it close the socket',
    duties: ['amqp10/2.2.mismatch-close:client-emit', 'amqp10/5.3.header:client-emit'],
    needs: 'connect',
    trigger: 'a request for SASL',
    legal: [drops],
    seam: departs(
      passing10('to-client', 'header', ({ bytes }, at) => at.header['to-client'] === undefined && bytes[4] === 3 && { send: [protocolHeaders.amqp] }),
      alone(),
    ),
  }),
  case10({
    id: 'header/in-pieces',
    title: 'Headers and frames that come octet by octet are taken as if they had come whole',
    duties: ['amqp10/2.2.header-in-pieces:client-emit', 'amqp10/2.3.1.pieces:client-emit'],
    needs: 'connect',
    stayMs: 8000,
    until: 'settle',
    cut: offset => (offset < 150 ? 1 : 61),
    seam: throughout(passing10('to-client', 'header', ({ bytes }) => ({ send: [bytes] }))),
  }),
];
