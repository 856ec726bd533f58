import type { MethodArguments } from '../spec/amqp091/classes.ts';
import { type Frame, method } from '../wire/amqp091/codec.ts';
import { closingChannels, closingConnections, everywhere, largeBodies } from './areas.ts';
import { closedAloud, hungUp, underpunished } from './departures.ts';
import type { Conversation, FrameSeam, Passing } from './fault.ts';
import { serverProperties } from './faults-fields.ts';
import { holds, plainGuest } from './logins.ts';
import { answer, either, frames, passing, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const starting = faultsIn('amqp091/start/*');
const authenticating = faultsIn('amqp091/authentication/*');
const negotiating = faultsIn('amqp091/negotiation/*');
const opening = faultsIn('amqp091/open/*');
const connecting = faultsIn('amqp091/connection/*');
/** Where a channel is opened twice to provoke a connection exception. */
const provoking = [
  'amqp091/connection/*',
  'amqp091/channel/open-twice',
  'amqp091/heartbeat/until-closed',
  'amqp091/methods/open-channel-0',
  'amqp091/negotiation/*',
];
/** Where a small frame-max or channel-max is agreed on. */
const lowering = [
  'amqp091/{nack,reject}/while-sending',
  'amqp091/negotiation/*',
  'amqp091/framing/*',
  'amqp091/content/server-content',
  'amqp091/publish/content/*',
  'amqp091/deliver/*',
  'amqp091/limits/*',
];

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const knownMechanisms = ['PLAIN', 'AMQPLAIN', 'ANONYMOUS'];
const openingMethods = ['connection.start-ok', 'connection.secure-ok', 'connection.tune-ok', 'connection.open'] as const;

const frameError: Frame = { type: 'method', channel: 0, method: method('connection.close', { replyCode: 501, replyText: 'frame-error' }) };
const commandInvalid: Frame = { type: 'method', channel: 0, method: method('connection.close', { replyCode: 503, replyText: 'command-invalid' }) };
const tune = (args: Partial<MethodArguments<'connection.tune'>> = {}): Frame => ({ type: 'method', channel: 0, method: method('connection.tune', args) });

/** Class connection: opening, limits, and the end. */
export const connectionFaults = {
  'amqp091/2.2.4.error-before-open:enforce': [
    opening(
      'says frame-error before it closes over an error in the handshake',
      closedAloud(at => !at.opened && isMalformed(at.previous('to-server')), frameError),
    ),
  ],
  'amqp091/connection.sequence:emit': [
    opening(
      'proposes limits again at the end',
      answer('channel.close-ok', draft => draft.precededBy(tune())),
      closingChannels,
    ),
  ],
  'amqp091/connection.sequence:enforce': [
    connecting(
      'takes no notice of the opening sequence on an open connection',
      request(openingMethods, (draft, at) => at.opened && draft.channel === 0 && draft.swallowed()),
    ),
  ],
  'amqp091/connection.sequence-before-open:emit': [
    opening(
      'proposes limits twice',
      answer('connection.tune', draft => draft.twice()),
      everywhere,
    ),
  ],
  'amqp091/connection.sequence-before-open:enforce': [
    opening('says command-invalid before it closes over a step out of order', closedAloud(isOutOfSequence, commandInvalid), [
      'amqp091/open/*',
      'amqp091/authentication/*',
    ]),
  ],
  'amqp091/connection.start.version:emit': [
    starting(
      'introduces itself as version 0.8',
      answer('connection.start', draft => draft.with({ versionMinor: 8 })),
    ),
  ],
  'amqp091/connection.start.server-properties-required-fields:emit': [
    starting(
      'does not say its platform',
      serverProperties(table => table.filter(([name]) => name !== 'platform')),
    ),
  ],
  'amqp091/connection.start.mechanisms-notnull:emit': [
    starting(
      'lists no mechanism',
      answer('connection.start', draft => draft.with({ mechanisms: ascii(' ') })),
      ['amqp091/start/*', 'amqp091/authentication/*'],
    ),
  ],
  'amqp091/connection.start.locales-required-support:emit': [
    starting(
      'speaks German only',
      answer('connection.start', draft => draft.with({ locales: ascii('de_DE') })),
    ),
  ],
  'amqp091/connection.start-ok.mechanism-validity:enforce': [
    authenticating(
      'lets in who names a mechanism that it does not have',
      request('connection.start-ok', draft => draft.args.mechanism !== '' && !knownMechanisms.includes(draft.args.mechanism) && draft.with(plainGuest)),
    ),
  ],
  'amqp091/connection.start-ok.mechanism-notnull:enforce': [
    authenticating(
      'lets in who names no mechanism',
      request('connection.start-ok', draft => draft.args.mechanism === '' && draft.with(plainGuest)),
    ),
  ],
  'amqp091/connection.start-ok.answered:emit': [
    authenticating('does not answer AMQPLAIN', unanswered('AMQPLAIN')),
    authenticating('does not answer ANONYMOUS', unanswered('ANONYMOUS')),
    authenticating('does not answer PLAIN', unanswered('PLAIN'), everywhere),
  ],
  'amqp091/connection.start-ok.credentials:enforce': [
    authenticating(
      'lets in anyone',
      request('connection.start-ok', draft => knownMechanisms.includes(draft.args.mechanism) && !holds(draft.args.response) && draft.with(plainGuest)),
      ['amqp091/{authentication,open}/*', 'amqp091/tls/certificate-is-no-password'],
    ),
    authenticating('leaves waiting who gives wrong credentials', { kind: 'listener', settings: { refusalDelayMs: 600_000, handshakeTimeoutMs: 900_000 } }),
  ],
  'amqp091/connection.authentication-failure-close:enforce': [
    authenticating(
      'does not say why it refuses a client that wants to know',
      answer('connection.close', (draft, at) => !at.opened && draft.args.replyCode === 403 && draft.cut('end')),
    ),
  ],
  'amqp091/2.3.3.limits-proposed:emit': [
    negotiating(
      'proposes no limits',
      answer('connection.tune', draft => draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp091/2.3.3.limits-lowered:emit': [
    negotiating(
      'insists on its own limits',
      request('connection.tune-ok', (draft, at) => !at.opened && isLowered(draft.args, at) && draft.cut('end')),
      lowering,
    ),
    negotiating(
      'cannot take a frame that is full',
      hungUp(501, (seen, at) => at.frameMax === 4096 && seen.what === 'frame' && seen.bytes.length === 4096),
      lowering,
    ),
  ],
  'amqp091/connection.tune.channel-max:emit': [
    negotiating(
      'has ten channels, whatever it offers',
      hungUp(504, seen => isMethod(seen, 'channel.open') && seen.channel > 10),
      ['amqp091/negotiation/*', 'amqp091/channel/**', 'amqp091/limits/*'],
    ),
  ],
  'amqp091/connection.tune.channel-max:enforce': [
    negotiating(
      'opens channels above the agreed limit',
      request('channel.open', (draft, at) => at.channelMax > 0 && draft.channel > at.channelMax && draft.accepted()),
    ),
  ],
  'amqp091/connection.tune.frame-max-offer:emit': [negotiating('offers frames of 1024 octets', smallOffer(), largeBodies)],
  'amqp091/connection.tune.frame-max-minimum:emit': [
    opening(
      'takes no start-ok above 2048 octets',
      hungUp(501, seen => isMethod(seen, 'connection.start-ok') && seen.what === 'frame' && seen.bytes.length > 2048),
    ),
    starting(
      'has more to say of itself than a frame holds',
      serverProperties(table => [...table, ['licence', { type: 'long-string', value: new Uint8Array(5000) }]]),
      everywhere,
    ),
  ],
  'amqp091/connection.tune-ok.frame-max-minimum:enforce': [
    negotiating(
      'takes any frame-max',
      request('connection.tune-ok', draft => draft.args.frameMax > 0 && draft.args.frameMax < 4096 && draft.with({ frameMax: 4096 })),
    ),
  ],
  'amqp091/connection.tune-ok.channel-max-upper-limit:enforce': [
    negotiating(
      'takes a channel-max above its offer',
      request('connection.tune-ok', (draft, at) => draft.args.channelMax > offer(at).channelMax && draft.with({ channelMax: offer(at).channelMax })),
    ),
  ],
  'amqp091/connection.tune-ok.frame-max-upper-limit:enforce': [
    negotiating(
      'takes a frame-max above its offer',
      request('connection.tune-ok', (draft, at) => draft.args.frameMax > offer(at).frameMax && draft.with({ frameMax: offer(at).frameMax })),
    ),
  ],
  'amqp091/connection.tune-ok.frame-max-zero:emit': [
    negotiating(
      'does not take a frame-max of zero',
      request('connection.tune-ok', (draft, at) => !at.opened && draft.args.frameMax === 0 && draft.cut('end')),
    ),
  ],
  'amqp091/connection.open.open-ok:emit': [
    opening(
      'does not answer open',
      answer('connection.open-ok', draft => draft.swallowed()),
      everywhere,
    ),
  ],
  'amqp091/connection.open.virtual-host-unknown:enforce': [
    opening(
      'takes any virtual host for its own',
      request('connection.open', draft => isShort(draft.args.virtualHost) && draft.args.virtualHost !== '/' && draft.with({ virtualHost: '/' })),
      ['amqp091/open/*', 'amqp091/virtual-host/*'],
    ),
  ],
  'amqp091/connection.open.virtual-host-notnull:enforce': [
    opening(
      'takes no virtual host for the first one',
      request('connection.open', draft => draft.args.virtualHost === '' && draft.with({ virtualHost: '/' })),
    ),
  ],
  'amqp091/connection.open.virtual-host-length:enforce': [
    opening(
      'takes long names of virtual hosts',
      request('connection.open', draft => draft.args.virtualHost.length > 127 && draft.with({ virtualHost: '/' })),
    ),
  ],
  'amqp091/2.3.7.close-handshake:emit': [
    connecting(
      'drops a connection without a close',
      answer('connection.close', draft => isOfOpen(draft.args) && draft.cut('end')),
      provoking,
    ),
  ],
  'amqp091/connection.close.close-ok:emit': [
    connecting(
      'does not answer close',
      request('connection.close', draft => draft.swallowed()),
      [...closingConnections, 'amqp091/methods/close-on-channel-1'],
    ),
  ],
  'amqp091/connection.close.stability:emit': [
    connecting('goes on working after it sent close', deafAfterClose('connection', false), provoking),
    connecting('does not answer a connection.close that crosses its own', deafAfterClose('connection', true), provoking),
  ],
  'amqp091/connection.close.reply-code:emit': [
    connecting(
      'closes with a code that nobody defined',
      answer('connection.close', draft => isOfOpen(draft.args) && draft.with({ replyCode: 999 })),
      provoking,
    ),
  ],
  'amqp091/connection.close.reply-text:emit': [
    connecting(
      'closes without a text',
      answer('connection.close', draft => isOfOpen(draft.args) && draft.with({ replyText: '' })),
      provoking,
    ),
  ],
  'amqp091/connection.close.failing-method:emit': [
    connecting(
      'does not say which method it closes for',
      answer('connection.close', draft => isOfOpen(draft.args) && draft.with({ classId: 0, methodId: 0 })),
      provoking,
    ),
  ],
  'amqp091/connection.close-ok.socket:emit': [
    connecting(
      'leaves the socket open after close-ok',
      passing('to-client', 'end', (_end, at) => at.method('to-client', 0)?.name === 'connection.close-ok' && {}),
    ),
  ],
  'amqp091/4.8.1.hard-error:emit': [
    connecting('goes on after a structural error', underpunished({ about: 'channel.open' }), [
      'amqp091/connection/*',
      'amqp091/channel/*',
      'amqp091/negotiation/*',
      'amqp091/heartbeat/*',
      'amqp091/methods/*',
    ]),
  ],
} as const satisfies FaultTable;

function isMethod<N extends 'channel.open' | 'connection.start-ok' | 'connection.tune-ok'>(
  seen: Passing,
  name: N,
  has: (args: MethodArguments<N>) => boolean = () => true,
): boolean {
  if (seen.what !== 'frame' || seen.frame.type !== 'method' || seen.frame.method.name !== name) return false;
  return has(seen.frame.method.args as MethodArguments<N>);
}

/** What is no method, or none that can be read. */
function isMalformed(seen: Passing | undefined): boolean {
  if (seen === undefined || seen.what === 'header') return false;
  return seen.what === 'broken' || (seen.what === 'frame' && seen.frame.type !== 'method');
}

/** A method before open that is not the next of start-ok, tune-ok and open. */
function isOutOfSequence(at: Conversation): boolean {
  const last = at.previous('to-server');
  if (at.opened || last?.what !== 'frame' || last.frame.type !== 'method') return false;
  const steps = ['connection.start-ok', 'connection.tune-ok', 'connection.open'];
  return last.frame.method.name !== steps[at.frames['to-server'] - 1];
}

function unanswered(mechanism: string): FrameSeam {
  return request('connection.start-ok', draft => draft.args.mechanism === mechanism && draft.swallowed());
}

/** The limits that the server proposed; zero, no limit, as the largest number. */
function offer(at: Conversation): { readonly channelMax: number; readonly frameMax: number } {
  const proposed = at.method('to-client', 0);
  if (proposed?.name !== 'connection.tune') return { channelMax: 0xffff, frameMax: 0xffffffff };
  return { channelMax: proposed.args.channelMax || 0xffff, frameMax: proposed.args.frameMax || 0xffffffff };
}

function isLowered({ channelMax, frameMax }: MethodArguments<'connection.tune-ok'>, at: Conversation): boolean {
  return (channelMax > 0 && channelMax < offer(at).channelMax) || (frameMax >= 4096 && frameMax < offer(at).frameMax);
}

/** Proposes too small a frame-max, and takes an answer that accepts it for one to the real proposal. */
function smallOffer(): FrameSeam {
  return remembering(() => {
    let real = 0;
    return either(
      answer('connection.tune', draft => {
        real = draft.args.frameMax;
        return draft.with({ frameMax: 1024 });
      }),
      request('connection.tune-ok', draft => draft.args.frameMax <= 1024 && draft.with({ frameMax: real })),
    );
  });
}

function isShort(virtualHost: string): boolean {
  return virtualHost !== '' && virtualHost.length <= 127;
}

/** Whether a close is about channel.open. */
function isOfOpen({ classId, methodId }: MethodArguments<'connection.close'>): boolean {
  return classId === 20 && methodId === 10;
}

/** Between the server's close and the client's close-ok: answers requests as if nothing was, or swallows a close. */
export function deafAfterClose(scope: 'connection' | 'channel', crossing: boolean): FrameSeam {
  return frames((seen, at) => {
    if (seen.direction === 'to-client' || seen.what !== 'frame' || seen.frame.type !== 'method') return 'pass';
    const { name } = seen.frame.method;
    const channel = scope === 'connection' ? 0 : seen.channel;
    if (at.method('to-client', channel)?.name !== `${scope}.close` || name === `${scope}.close-ok`) return 'pass';
    if (crossing) return name === `${scope}.close` ? {} : 'pass';
    return name === 'queue.declare'
      ? { back: [{ type: 'method', channel: seen.channel, method: method('queue.declare-ok', { queue: seen.frame.method.args.queue }) }] }
      : 'pass';
  });
}
