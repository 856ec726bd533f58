import { type AmqpFrame, emptyFrame, encodeFrame, protocolHeaders } from '../wire/amqp10/codec.ts';
import { frameOf, replaced } from '../wire/amqp10/craft.ts';
import { bareClosed, broke10, hungUp10, misconditioned } from './departures10.ts';
import type { Conversation10, FrameSeam10, Passing10, Rewritten10 } from './fault10.ts';
import { published10 } from './messages10.ts';
import { pardoned } from './pardons10.ts';
import { answer10, frames10, passing10, remembering10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const framing = faultsIn('amqp10/framing/**', 'amqp10/open/malformed-before/*');
const heading = faultsIn('amqp10/{framing,header}/**', 'amqp091/{header,tls}/*');
const everywhere = ['amqp10/**'];
/** They send what is no performative. */
const strangers = ['amqp10/{framing,close}/**', 'amqp10/types/format-code/*'];
/** Headers of both protocols come from one listener. */
const headers = [...everywhere, 'amqp091/{header,tls}/*'];

type Frame = Extract<Passing10, { what: 'frame' }>;

/** What the client says before any header, or instead of one. */
function instead(when: (seen: Passing10 & { readonly bytes: Uint8Array }, at: Conversation10) => boolean, rewrite: Rewritten10): FrameSeam10 {
  return frames10((seen, at) => {
    const first = seen.direction === 'to-server' && at.previous('to-server') === undefined;
    return first && seen.what !== 'end' && when(seen, at) ? rewrite : 'pass';
  });
}

/** The first AMQP frame of the server behind its open, in other octets. */
function once(change: (seen: Frame) => readonly Uint8Array[]): FrameSeam10 {
  return remembering10(() => {
    let done = false;
    return passing10('to-client', 'frame', (seen, at) => {
      if (done || at.open['to-client'] === undefined || seen.frame.type !== 'amqp') return false;
      done = true;
      return { send: change(seen) };
    });
  });
}

const sized = (bytes: Uint8Array, size: number): Uint8Array => replaced(bytes, 0, (size >>> 24) & 0xff, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff);
const isOurs = (bytes: Uint8Array): boolean =>
  bytes.every((octet, at) => octet === protocolHeaders.amqp[at]) || bytes.every((octet, at) => octet === protocolHeaders.sasl[at]);
const otherVersion = ({ what, bytes }: { readonly what: string; readonly bytes: Uint8Array }): boolean =>
  what === 'header' && [0, 2, 3].includes(bytes[4] ?? 1) && !(bytes[5] === 1 && bytes[6] === 0 && bytes[7] === 0);
const differ = (at: Conversation10): boolean =>
  at.header['to-client'] !== undefined && !at.header['to-client'].every((octet, index) => octet === at.header['to-server']?.[index]);
const tooLarge = (seen: Passing10 | undefined, at: Conversation10): boolean =>
  seen !== undefined && seen.what !== 'end' && seen.what !== 'header' && at.open['to-client'] !== undefined && claimed(seen.bytes) > at.frameMax['to-server'];

function claimed(bytes: Uint8Array): number {
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
}

/** Headers and frames. */
export const framingFaults10 = {
  'amqp10/2.1.frame-order:emit': [framing('loses every second message on its way in', everySecond(), everywhere)],
  'amqp10/2.2.header-first:emit': [
    heading(
      'sends a frame in front of its header',
      passing10('to-client', 'header', ({ bytes }) => ({ send: [emptyFrame, bytes] })),
      headers,
    ),
  ],
  'amqp10/2.2.header-first:enforce': [
    heading(
      'drops the stream where frames come without any header',
      instead(({ what, bytes }) => what === 'octets' && bytes[0] === 0, { finish: 'end' }),
    ),
  ],
  'amqp10/2.2.header-layout:emit': [
    heading(
      'spells its header in lower case',
      passing10('to-client', 'header', ({ bytes }) => ({ send: [replaced(bytes, 0, 0x61, 0x6d, 0x71, 0x70)] })),
      headers,
    ),
  ],
  'amqp10/2.2.same-version:emit': [
    heading(
      'goes on with SASL where it has answered the header of AMQP',
      answer10('open', draft => draft.precededBy({ type: 'sasl-mechanisms', saslServerMechanisms: ['PLAIN'] })),
      everywhere,
    ),
  ],
  'amqp10/2.2.mismatch-close:emit': [
    heading(
      'does not close where the headers differ',
      passing10('to-client', 'end', (_end, at) => differ(at) && {}),
      ['amqp10/{header,sasl}/**'],
    ),
  ],
  'amqp10/2.2.supported-version:emit': [
    heading(
      'answers with another version than was asked for',
      passing10(
        'to-client',
        'header',
        ({ bytes }, at) => at.header['to-server'] !== undefined && isOurs(at.header['to-server']) && { send: [replaced(bytes, 6, 1)] },
      ),
      headers,
    ),
  ],
  'amqp10/2.2.unsupported-version:enforce': [
    heading('closes without a header where the version is not supported', instead(otherVersion, { finish: 'end' })),
    heading('serves any version', instead(otherVersion, { send: [protocolHeaders.sasl] })),
  ],
  'amqp10/2.2.lower-version:emit': [
    heading(
      'offers the oldest version instead of the best',
      passing10('to-client', 'header', (_header, at) => differsFromAsked(at) && { send: [Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 8)] }),
    ),
  ],
  'amqp10/2.2.unreadable-header:enforce': [
    heading(
      'closes without a header where none can be made out',
      instead(({ what, bytes }) => what === 'octets' && bytes[0] !== 0, { finish: 'end' }),
    ),
  ],
  'amqp10/2.2.unacceptable-id:enforce': [
    heading(
      'closes without a header where the protocol id is not acceptable',
      frames10((seen, at) => {
        const first = seen.direction === 'to-server' && seen.what === 'header' && at.previous('to-server') === undefined;
        const wanted = first && (seen.bytes[4] === 0 || ![0, 2, 3].includes(seen.bytes[4] ?? 0)) && seen.bytes[5] === 1;
        return wanted ? { finish: 'end' } : 'pass';
      }),
      everywhere,
    ),
    heading(
      'answers an unacceptable protocol id with the same',
      passing10('to-client', 'header', (_header, at) => differsInId(at) && { send: [at.header['to-server'] ?? protocolHeaders.amqp] }),
      everywhere,
    ),
  ],
  'amqp10/2.2.header-in-pieces:emit': [
    heading('refuses a header that comes in pieces', {
      ...passing10('to-server', 'header', ({ pieces }) => pieces > 1 && { finish: 'end' }),
      wholeFrames: true,
    }),
  ],
  'amqp10/2.3.1.size:emit': [
    framing(
      'sends a frame that is shorter than its size',
      once(({ bytes }) => [sized(bytes, bytes.length + 4)]),
      everywhere,
    ),
    framing(
      'reads two octets only of the size of a frame',
      hungUp10('amqp:connection:framing-error', seen => seen.what === 'frame' && seen.bytes.length > 0xffff),
      everywhere,
    ),
  ],
  'amqp10/2.3.1.size-minimum:emit': [
    framing(
      'sends a frame whose size is 7',
      once(({ bytes }) => [sized(bytes, 7)]),
      everywhere,
    ),
  ],
  'amqp10/2.3.1.size-minimum:enforce': [
    framing('takes no offence at a size below eight', pardoned(broke10('amqp10/2.3.1.size-minimum'))),
    framing('closes with not-allowed where a size is below eight', misconditioned('amqp:not-allowed', { when: broke10('amqp10/2.3.1.size-minimum') })),
    framing('drops the stream where a size is below eight', bareClosed({ when: broke10('amqp10/2.3.1.size-minimum') })),
  ],
  'amqp10/2.3.1.doff:emit': [
    framing(
      'sends a frame whose data offset is one word',
      once(({ bytes }) => [replaced(bytes, 4, 1)]),
      everywhere,
    ),
  ],
  'amqp10/2.3.1.doff:enforce': [
    framing('takes no offence at a data offset of one word', pardoned(broke10('amqp10/2.3.1.doff'))),
    framing('closes with not-allowed where a data offset is below two words', misconditioned('amqp:not-allowed', { when: broke10('amqp10/2.3.1.doff') })),
    framing('drops the stream where a data offset is below two words', bareClosed({ when: broke10('amqp10/2.3.1.doff') })),
  ],
  'amqp10/2.3.1.doff-beyond:emit': [
    framing(
      'sends a frame whose data offset is beyond its end',
      once(({ bytes }) => [replaced(bytes, 4, 255)]),
      everywhere,
    ),
  ],
  'amqp10/2.3.1.doff-beyond:enforce': [
    framing('takes no offence at a data offset beyond the end', pardoned(broke10('amqp10/2.3.1.doff-beyond'))),
    framing('closes with not-allowed where a data offset is beyond the end', misconditioned('amqp:not-allowed', { when: broke10('amqp10/2.3.1.doff-beyond') })),
  ],
  'amqp10/2.3.1.extended-header:emit': [
    framing(
      'refuses frames with an extended header',
      hungUp10('amqp:connection:framing-error', seen => seen.what === 'frame' && (seen.bytes[4] ?? 2) > 2),
      ['amqp10/{framing,sasl}/**', 'amqp10/properties/framing'],
    ),
  ],
  'amqp10/2.3.1.type:emit': [
    framing(
      'sends a frame of type 2',
      once(({ bytes }) => [replaced(bytes, 5, 2)]),
      everywhere,
    ),
  ],
  'amqp10/2.3.1.type:enforce': [
    framing('takes no offence at frames of an unknown type', pardoned(isOfWrongType), ['amqp10/{framing,sasl}/**']),
    framing('closes with not-implemented where a frame is of an unknown type', misconditioned('amqp:not-implemented', { when: isOfWrongType }), [
      'amqp10/{framing,sasl}/**',
    ]),
  ],
  'amqp10/2.3.1.pieces:emit': [
    framing(
      'loses frames that come in pieces',
      { ...frames10(seen => (seen.direction === 'to-server' && seen.what === 'frame' && seen.pieces > 1 ? {} : 'pass')), wholeFrames: true },
      everywhere,
    ),
  ],
  'amqp10/2.3.2.channel:emit': [framing('sends what belongs to a session on the channel above', shifted(), everywhere)],
  'amqp10/2.3.2.performative:emit': [
    framing(
      'sends a frame whose body no one knows',
      once(({ bytes, channel }) => [frameOf(Uint8Array.of(0, 0x53, 0x19, 0x45), { channel }), bytes]),
      everywhere,
    ),
  ],
  'amqp10/2.3.2.performative:enforce': [
    framing('overlooks frames whose body is no performative', pardoned(broke10('amqp10/2.3.2.performative')), strangers),
    framing('drops the stream where a body is no performative', bareClosed({ when: broke10('amqp10/2.3.2.performative') }), strangers),
  ],
  'amqp10/2.3.2.empty-frame:emit': [
    framing(
      'closes upon an empty frame',
      hungUp10('amqp:connection:framing-error', seen => seen.what === 'frame' && seen.frame.type === 'amqp' && seen.frame.performative === undefined),
      ['amqp10/{framing,idle,close}/**', 'amqp10/properties/framing'],
    ),
    framing(
      'loses a transfer that comes behind an empty frame',
      passing10('to-server', 'frame', ({ frame }, at) => isTransfer(frame) && isEmpty(at.previous('to-server')) && {}),
      ['amqp10/properties/framing', 'amqp10/framing/*'],
    ),
  ],
  'amqp10/2.8.19.min-max-frame-size:emit': [
    framing(
      'refuses frames above 256 octets before its own open',
      hungUp10('amqp:connection:framing-error', (seen, at) => seen.what === 'frame' && seen.bytes.length > 256 && at.open['to-client'] === undefined),
      everywhere,
    ),
    framing(
      'refuses frames of 512 octets',
      hungUp10('amqp:connection:framing-error', seen => seen.what === 'frame' && seen.bytes.length === 512),
      everywhere,
    ),
  ],
  'amqp10/2.7.1.frame-too-large:enforce': [
    framing(
      'overlooks frames above its max-frame-size',
      pardoned(at => tooLarge(at.previous('to-server'), at)),
      ['amqp10/{framing,open}/**'],
    ),
    framing(
      'closes with frame-size-too-small where a frame is too large',
      misconditioned('amqp:frame-size-too-small', { scope: 'close', when: at => tooLarge(at.previous('to-server'), at) }),
      ['amqp10/{framing,open}/**'],
    ),
    framing('drops the stream where a frame is too large', bareClosed({ when: at => tooLarge(at.previous('to-server'), at) }), ['amqp10/{framing,open}/**']),
  ],
} as const satisfies FaultTable;

const isTransfer = (frame: Frame['frame']): boolean => frame.type === 'amqp' && frame.performative?.type === 'transfer';
const isEmpty = (seen: Passing10 | undefined): boolean => seen?.what === 'frame' && seen.frame.type === 'amqp' && seen.frame.performative === undefined;

/** The last frame of the client is of a type that cannot be read, or a SASL frame where none belongs. */
function isOfWrongType(at: Conversation10): boolean {
  const last = at.previous('to-server');
  return broke10('amqp10/2.3.1.type')(at) || (last?.what === 'frame' && last.frame.type === 'sasl' && at.header['to-server']?.[4] === 0);
}

function differsFromAsked(at: Conversation10): boolean {
  const asked = at.header['to-server'];
  return asked !== undefined && !isOurs(asked);
}

function differsInId(at: Conversation10): boolean {
  const asked = at.header['to-server'];
  return asked !== undefined && at.open['to-client'] === undefined && ![0, 2, 3].includes(asked[4] ?? 0) && asked[5] === 1;
}

/** Every second message that a client publishes is lost on the way. */
function everySecond(): FrameSeam10 {
  return remembering10(() => {
    let seen = 0;
    return published10(() => {
      seen += 1;
      return seen % 2 === 0 && {};
    });
  });
}

/** Frames of the server behind begin are on the next channel. */
function shifted(): FrameSeam10 {
  return passing10('to-client', 'frame', ({ frame, channel }) => {
    if (frame.type !== 'amqp' || frame.performative === undefined || ['open', 'begin', 'close'].includes(frame.performative.type)) return false;
    const next: AmqpFrame = { ...frame, channel: channel + 1 };
    return { send: [encodeFrame(next)] };
  });
}
