import { emptyFrame, type Performative } from '../wire/amqp10/codec.ts';
import { joined, replaced } from '../wire/amqp10/craft.ts';
import { closedAloud10, misconditioned, unexplained, unpunished10 } from './departures10.ts';
import type { Conversation10, FrameSeam10, Piece10 } from './fault10.ts';
import { deafToEmpty, lastIs, pardoned, spoilt, wordless } from './pardons10.ts';
import { refusedConnection } from './refusals10.ts';
import { answer10, either10, frames10, passing10, piece10, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const opening = faultsIn('amqp10/open/**');
const closing = faultsIn('amqp10/close/**');
const idling = faultsIn('amqp10/idle/**');
/** Nobody gets further. */
const everywhere = ['amqp10/**'];

const empty: Piece10 = emptyFrame;
/** No answer takes as long. */
const longMs = 20_000;
const opened = (at: Conversation10): boolean => at.open['to-server'] !== undefined;
const isBeforeOpen = (at: Conversation10): boolean => at.open['to-server'] === undefined && at.previous('to-server')?.what === 'broken';
/** A frame that only opens something, on a channel of its own. */
const stray: Performative = { type: 'flow', incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1 };
const padded = (size: number): Uint8Array => new Uint8Array(size).fill(0x78);

/** Open, its limits, and what may come before it. */
export const openFaults10 = {
  'amqp10/2.4.channels-independent:emit': [
    opening(
      'refuses a session whose channel is not the one that it would take itself',
      refusedConnection('amqp:not-allowed', 'begin', ({ channel }) => channel !== 0),
      everywhere,
    ),
  ],
  'amqp10/2.4.1.open-first:emit': [
    opening(
      'begins a session before it opens the connection',
      answer10('open', draft => draft.precededBy({ type: 'begin', nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 })),
      everywhere,
    ),
  ],
  'amqp10/2.4.1.open-first:enforce': [
    opening(
      'takes no notice of what comes before open',
      pardoned(at => !opened(at) && at.previous('to-server')?.what === 'frame' && at.performative('to-server') !== undefined),
    ),
  ],
  'amqp10/2.4.1.open-channel:emit': [
    opening(
      'opens on channel 1',
      answer10('open', draft => draft.on(1)),
      everywhere,
    ),
  ],
  'amqp10/2.4.1.open-channel:enforce': [
    opening(
      'takes an open on any channel',
      request10('open', draft => draft.channel !== 0 && draft.on(0)),
    ),
  ],
  'amqp10/2.4.1.open-once:emit': [
    opening(
      'opens twice',
      answer10('open', draft => draft.twice()),
      everywhere,
    ),
  ],
  'amqp10/2.4.1.open-once:enforce': [
    opening(
      'overlooks a second open',
      request10('open', (draft, at) => opened(at) && draft.swallowed()),
    ),
  ],
  'amqp10/2.4.1.limits-agreed:emit': [
    also(
      opening(
        'forgets what the client told of its limits',
        request10('open', draft => draft.with({ maxFrameSize: undefined, channelMax: undefined })),
        ['amqp10/{open,framing,transfer,begin}/**'],
      ),
      'amqp10/{flow,session-flow,resume}/**',
    ),
  ],
  'amqp10/2.4.1.limits-before-open:emit': [
    also(
      opening(
        'opens with a frame of more than 512 octets',
        answer10('open', draft => draft.with({ properties: [...(draft.fields.properties ?? []), ['padding', { type: 'string', value: 'x'.repeat(600) }]] })),
      ),
      'amqp10/{flow,session-flow,transfer,resume}/**',
    ),
  ],
  'amqp10/2.4.1.error-before-open:enforce': [
    also(opening('leaves a malformed frame before open without an answer', pardoned(isBeforeOpen)), 'amqp10/{framing,sasl}/**'),
    also(
      opening(
        'ends with a close for lack of rights where a frame before open is malformed',
        either10(
          misconditioned('amqp:unauthorized-access', { scope: 'close', when: isBeforeOpen }),
          closedAloud10(isBeforeOpen, piece10({ type: 'close', error: { type: 'error', condition: 'amqp:unauthorized-access' } }, 0)),
        ),
      ),
      'amqp10/{framing,sasl}/**',
    ),
  ],
  'amqp10/2.4.2.pipelined-open:emit': [
    also(
      opening(
        'loses what comes in one piece with open',
        remembering10(() => {
          let openedAt = Number.NEGATIVE_INFINITY;
          return frames10((seen, at) => {
            if (seen.direction !== 'to-server' || seen.what !== 'frame' || seen.frame.type !== 'amqp') return 'pass';
            if (seen.frame.performative?.type !== 'open') return at.now - openedAt < 1 ? {} : 'pass';
            openedAt = at.now;
            return 'pass';
          });
        }),
      ),
      'amqp10/{framing,sasl}/**',
    ),
  ],
  'amqp10/2.7.1.container-id:emit': [
    opening(
      'opens without naming its container',
      answer10('open', draft => draft.lacking('containerId')),
      everywhere,
    ),
  ],
  'amqp10/2.7.1.container-id:enforce': [also(opening('takes an open that names no container', pardoned(spoilt('open'))), 'amqp10/sasl/**')],
  'amqp10/2.7.1.hostname-default:emit': [
    opening(
      'refuses an open without hostname',
      refusedConnection('amqp:not-found', 'open', ({ fields }) => fields.hostname === undefined),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.7.1.max-frame-size-default:emit': [
    opening(
      'takes an open without max-frame-size for one with the smallest',
      remembering10(() => {
        let unlimited = false;
        return frames10((seen, at) => {
          unlimited ||= at.open['to-server']?.maxFrameSize === undefined && opened(at);
          return unlimited && seen.direction === 'to-client' && seen.what === 'frame' && seen.bytes.length > 512 ? {} : 'pass';
        });
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.7.1.max-frame-size:emit': [
    also(
      opening(
        'sends larger frames than its peer takes',
        answer10('transfer', (draft, at) => {
          const limit = at.frameMax['to-client'];
          return limit < 0x10000 && draft.carrying(joined(draft.payload, padded(limit)));
        }),
        ['amqp10/{open,framing,transfer,resume}/**'],
      ),
      'amqp10/{flow,session-flow}/**',
    ),
  ],
  'amqp10/2.7.1.max-frame-size-minimum:emit': [
    opening(
      'announces a max-frame-size of 511',
      answer10('open', draft => draft.with({ maxFrameSize: 511 })),
      everywhere,
    ),
  ],
  'amqp10/2.7.1.max-frame-size-minimum:enforce': [
    opening(
      'takes a max-frame-size below 512',
      request10('open', draft => (draft.fields.maxFrameSize ?? 512) < 512 && draft.with({ maxFrameSize: 512 })),
    ),
  ],
  'amqp10/2.7.1.channel-max-default:emit': [
    opening(
      'refuses channels above 255 where none was named as the highest',
      refusedConnection('amqp:not-allowed', 'begin', ({ channel }) => channel > 255),
      ['amqp10/{open,begin,close}/**'],
    ),
  ],
  'amqp10/2.7.1.channel-max:emit': [
    also(
      opening(
        'answers a session on a channel above what its peer takes',
        answer10('begin', (draft, at) => at.channelMax['to-client'] < 0xffff && draft.on(at.channelMax['to-client'] + 1)),
      ),
      'amqp10/{end,types}/**',
    ),
  ],
  'amqp10/2.7.1.channel-beyond:enforce': [
    opening(
      'overlooks frames on channels above its channel-max',
      frames10((seen, at) => (seen.direction === 'to-server' && opened(at) && seen.channel > at.channelMax['to-server'] ? {} : 'pass')),
    ),
    opening(
      'closes with not-allowed where a channel is above its channel-max',
      misconditioned('amqp:not-allowed', { scope: 'close', when: at => (at.previous('to-server')?.channel ?? 0) > at.channelMax['to-server'] }),
    ),
  ],
  'amqp10/2.7.1.idle-time-out-zero:emit': [
    also(
      opening(
        'takes an idle-time-out of zero for an impossible one',
        refusedConnection('amqp:not-implemented', 'open', ({ fields }) => fields.idleTimeOut === 0),
      ),
      'amqp10/types/**',
    ),
  ],
  'amqp10/2.7.1.locale-lists:emit': [
    opening(
      'refuses an open that tells of locales',
      refusedConnection('amqp:not-implemented', 'open', ({ fields }) => (fields.incomingLocales ?? fields.outgoingLocales) !== undefined),
    ),
  ],
  'amqp10/2.7.1.desired-capabilities:emit': [
    also(
      opening(
        'refuses an open that desires a capability',
        refusedConnection('amqp:not-implemented', 'open', ({ fields }) => (fields.desiredCapabilities ?? []).length > 0),
      ),
      'amqp10/{sole-connection,types}/**',
    ),
  ],
} as const satisfies FaultTable;

/** Close, and what follows it. */
export const closeFaults10 = {
  'amqp10/2.4.3.close-written:emit': [
    closing(
      'drops the stream where it should close the connection first',
      answer10('close', (draft, at) => !at.closed['to-server'] && draft.cut('end')),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.4.3.close-last:emit': [
    also(
      closing(
        'sends an empty frame behind its close',
        answer10('close', draft => draft.followedBy(empty)),
        ['amqp10/{close,idle,open}/**'],
      ),
      'amqp10/{begin,disposition,dynamic,error,flow,framing,header,http-management,sole-connection,terminus,types}/**',
    ),
  ],
  'amqp10/2.4.3.close-answered:emit': [
    closing(
      'ends the stream where it should answer a close',
      answer10('close', (draft, at) => at.closed['to-server'] && draft.cut('end')),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.4.3.reads-on:emit': [
    closing(
      'resets the stream as soon as it has written its close',
      answer10('close', (draft, at) => !at.closed['to-server'] && { send: [draft.frame], finish: 'reset' }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.4.3.close-timeout:emit': [
    closing(
      'waits for the answer to its close for ever',
      passing10('to-client', 'end', (_end, at) => at.closed['to-client'] && !at.closed['to-server'] && {}),
    ),
  ],
  'amqp10/2.4.3.close-channel:emit': [
    closing(
      'closes on channel 1',
      answer10('close', draft => draft.on(1)),
      ['amqp10/{close,open,framing}/**'],
    ),
  ],
  'amqp10/2.4.3.close-channel-pipelined:emit': [
    closing(
      'closes on channel 1 where open and close go together',
      answer10('close', (draft, at) => at.performative('to-client')?.type === 'open' && draft.on(1)),
      ['amqp10/{close,open,framing}/**'],
    ),
  ],
  'amqp10/2.4.3.close-any-channel:emit': [
    closing(
      'does not hear a close on another channel than 0',
      request10('close', draft => draft.channel !== 0 && draft.swallowed()),
    ),
  ],
  'amqp10/2.4.4.simultaneous-close:emit': [
    closing(
      'answers a close that crossed its own with another',
      request10('close', (_draft, at) => at.closed['to-client'] && { back: [piece10({ type: 'close' }, 0)] }),
      everywhere,
    ),
  ],
  'amqp10/2.4.6.discarding:emit': [
    closing(
      'answers what comes behind its close',
      frames10((seen, at) => {
        const late = seen.direction === 'to-server' && seen.what === 'frame' && at.closed['to-client'];
        return late && at.previous('to-client')?.what !== 'end' ? { send: [seen.bytes], back: [piece10(stray, 0)] } : 'pass';
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.7.9.error-details:emit': [also(closing('closes without a word of explanation', wordless('close')), 'amqp10/sole-connection/**')],
} as const satisfies FaultTable;

/** The idle time-outs of both. */
export const idleFaults10 = {
  'amqp10/2.4.5.peer-silent:enforce': [
    idling(
      'waits for ever for a silent peer',
      afterSilence(silent =>
        either10(
          unpunished10({ scope: 'close', when: silent }),
          passing10('to-client', 'end', (_end, at) => silent(at) && {}),
        ),
      ),
    ),
    idling(
      'closes on a silent peer without saying why',
      afterSilence(silent => unexplained({ scope: 'close', when: silent })),
    ),
  ],
  'amqp10/2.4.5.half-threshold:emit': [
    idling(
      'asks for frames as seldom as it can bear itself',
      answer10('open', draft => draft.fields.idleTimeOut !== undefined && draft.with({ idleTimeOut: draft.fields.idleTimeOut * 3 })),
    ),
  ],
  'amqp10/2.4.5.keep-alive:emit': [
    idling(
      'sends no empty frames',
      frames10(seen => (seen.direction === 'to-client' && seen.what === 'frame' && isEmpty(seen.bytes) ? {} : 'pass')),
    ),
  ],
  'amqp10/2.4.5.any-frame:emit': [idling('does not count empty frames as signs of life', deafToEmpty)],
  'amqp10/2.4.5.unsupported:enforce': [
    idling(
      'takes an idle-time-out that it cannot keep',
      pardoned(lastIs('open', ({ idleTimeOut }) => idleTimeOut !== undefined && idleTimeOut > 0 && idleTimeOut < 10)),
    ),
  ],
  'amqp10/2.4.5.empty-frame-channel:emit': [
    idling(
      'sends its empty frames on channel 1',
      frames10(seen => (seen.direction === 'to-client' && seen.what === 'frame' && isEmpty(seen.bytes) ? { send: [replaced(emptyFrame, 6, 0, 1)] } : 'pass')),
    ),
  ],
  'amqp10/2.4.5.empty-frame-early:emit': [
    idling(
      'sends an empty frame before it opens',
      answer10('open', draft => draft.precededBy(empty)),
      everywhere,
    ),
  ],
} as const satisfies FaultTable;

/** Gives a seam to tell whether the client has long said nothing. */
function afterSilence(make: (silent: (at: Conversation10) => boolean) => FrameSeam10): FrameSeam10 {
  return remembering10(() => {
    let heardAt = 0;
    const inner = make(at => at.now - heardAt >= longMs).start();
    return frames10((seen, at) => {
      if (seen.direction === 'to-server') heardAt = at.now;
      return inner(seen, at);
    });
  });
}

function isEmpty(bytes: Uint8Array): boolean {
  return bytes.length === emptyFrame.length;
}
