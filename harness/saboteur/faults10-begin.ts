import { serialPlus } from '../endpoint/amqp10/serial.ts';
import type { Performative } from '../wire/amqp10/codec.ts';
import { misconditioned, rescoped, unpunished10 } from './departures10.ts';
import type { Conversation10 } from './fault10.ts';
import { lastChannel, lastIs, pardoned, spoilt, wordless } from './pardons10.ts';
import { refusedConnection, refusedSession } from './refusals10.ts';
import { answer10, either10, frames10, passing10, piece10, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';

const beginning = faultsIn('amqp10/begin/**');
const ending = faultsIn('amqp10/end/**');
const windows = faultsIn('amqp10/{flow,session-flow}/**');

const flow: Performative = { type: 'flow', incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1 };
/** Of a handle-max that leaves room for a check's own links and little else. */
const fewHandles = 16;
/** Whether the client's last frame is of no session. */
const isUnmapped = (at: Conversation10): boolean => {
  const last = at.performative('to-server')?.type;
  return last !== undefined && !['open', 'begin', 'close'].includes(last) && at.session('to-server', lastChannel(at)) === undefined;
};
/** Whether the client began where a session is. */
const beganTwice = lastIs('begin', (_begin, at) => [...at.sessions].filter(session => session.channels['to-server'] === lastChannel(at)).length > 1);

/** Begin, and the numbers of channels. */
export const beginFaults10 = {
  'amqp10/2.5.1.begin-answered:emit': [
    beginning(
      'answers a begin with that of a session of its own',
      answer10('begin', draft => draft.with({ remoteChannel: undefined })),
      ['amqp10/**'],
    ),
    beginning(
      'does not answer a begin',
      answer10('begin', draft => draft.swallowed()),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.1.remote-channel:emit': [
    beginning(
      'names another channel than that of the begin it answers',
      answer10('begin', draft => draft.fields.remoteChannel !== undefined && draft.with({ remoteChannel: draft.fields.remoteChannel + 1 })),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.1.remote-channel:enforce': [
    beginning(
      'takes a begin that answers nothing for one that opens a session',
      request10('begin', draft => draft.fields.remoteChannel !== undefined && draft.with({ remoteChannel: undefined })),
    ),
  ],
  'amqp10/2.5.1.lowest-channel:emit': [beginning('answers on a high channel', moved(100), ['amqp10/**'])],
  'amqp10/2.5.1.channel-in-use:emit': [beginning('begins its second session on the channel of the first', secondOnFirst(), ['amqp10/**'])],
  'amqp10/2.5.1.channel-in-use:enforce': [
    beginning(
      'overlooks a begin on a channel that is in use',
      request10('begin', (draft, at) => at.session('to-server', draft.channel) !== undefined && draft.swallowed()),
    ),
    beginning('closes with invalid-field where a channel is in use', misconditioned('amqp:invalid-field', { when: beganTwice })),
  ],
  'amqp10/2.5.2.channel-reused:emit': [
    also(beginning('refuses to begin on a channel that had a session before', afterEnd(), ['amqp10/{begin,end}/**']), 'amqp10/{framing,open,transaction}/**'),
  ],
  'amqp10/2.7.2.mandatory:emit': [
    beginning(
      'begins without windows',
      answer10('begin', draft => draft.lacking('incomingWindow', 'outgoingWindow')),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.7.2.mandatory:enforce': [
    also(beginning('takes a begin that lacks what is mandatory', pardoned(spoilt('begin')), ['amqp10/{begin,error}/**']), 'amqp10/types/**'),
  ],
  'amqp10/2.7.2.handle-max-default:emit': [
    beginning(
      'takes no handle above 255 where none was named as the highest',
      refusedSession('amqp:not-allowed', 'attach', ({ fields }) => fields.handle > 255),
      ['amqp10/{begin,attach}/**'],
    ),
  ],
  'amqp10/2.7.2.handle-max:emit': [
    beginning(
      'attaches with a handle above what its peer takes',
      answer10('attach', (draft, at) => {
        const most = at.session('to-client', draft.channel)?.begin['to-server']?.handleMax ?? 0xffffffff;
        return most < fewHandles && draft.with({ handle: most + 1 });
      }),
    ),
  ],
  'amqp10/2.7.2.handle-beyond:enforce': [
    beginning(
      'overlooks handles above its handle-max',
      request10('attach', (draft, at) => isBeyond(draft.fields.handle, at, draft.channel) && draft.swallowed()),
    ),
    beginning(
      'closes with not-allowed where a handle is above its handle-max',
      misconditioned('amqp:not-allowed', { when: lastIs('attach', ({ handle }, at) => isBeyond(handle, at, lastChannel(at))) }),
    ),
  ],
  'amqp10/2.7.2.capabilities:emit': [
    also(
      beginning(
        'ends a session for which a capability is desired',
        refusedConnection('amqp:not-implemented', 'begin', ({ fields }) => (fields.desiredCapabilities ?? []).length > 0),
      ),
      'amqp10/types/**',
    ),
  ],
} as const satisfies FaultTable;

/** End, and what follows it. */
export const endFaults10 = {
  'amqp10/2.5.5.unmapped-channel:emit': [
    ending(
      'settles deliveries of a session that it has ended',
      answer10('end', draft => draft.followedBy({ type: 'disposition', role: 'receiver', first: 0, settled: true, state: { type: 'accepted' } })),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.5.unmapped-channel:enforce': [
    also(ending('overlooks frames of no session', pardoned(isUnmapped), ['amqp10/{end,begin}/**']), 'amqp10/open/**'),
    also(
      ending('closes with invalid-field where a frame is of no session', misconditioned('amqp:invalid-field', { scope: 'close', when: isUnmapped }), [
        'amqp10/{end,begin}/**',
      ]),
      'amqp10/open/**',
    ),
  ],
  'amqp10/2.5.2.end-answered:emit': [
    ending(
      'does not answer an end',
      answer10('end', (draft, at) => clientEnded(at, draft.channel) && draft.swallowed()),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.2.sessions-apart:emit': [
    ending(
      'ends every session of the connection with one',
      answer10('end', (draft, at) => {
        const others = [...at.sessions].flatMap(({ channels, ended }) => (ended['to-client'] ? [] : [channels['to-client'] ?? draft.channel]));
        const more = others.filter(channel => channel !== draft.channel);
        return more.length > 0 && draft.followedBy(...more.map(channel => piece10({ type: 'end' }, channel)));
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.2.ended-with-connection:emit': [
    ending(
      'keeps the sessions of a connection that is gone',
      remembering10(() => passing10('to-server', 'end', () => ({}))),
      ['amqp10/**'],
    ),
    ending(
      'keeps the sessions of a connection that was closed',
      either10(
        request10('close', () => ({ back: [piece10({ type: 'close' }, 0)] })),
        passing10('to-server', 'end', () => ({})),
      ),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.3.simultaneous-end:emit': [
    ending(
      'answers an end that crossed its own with another',
      frames10((seen, at) => {
        if (seen.direction !== 'to-server' || seen.what !== 'frame' || seen.frame.type !== 'amqp' || seen.frame.performative?.type !== 'end') return 'pass';
        const session = at.session('to-server', seen.channel);
        const channel = session?.channels['to-client'];
        return channel !== undefined && session?.ended['to-client'] === true ? { send: [seen.bytes], back: [piece10({ type: 'end' }, channel)] } : 'pass';
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.4.end-with-error:emit': [
    ending(
      'ends a session over an error without naming it',
      answer10('end', draft => draft.fields.error !== undefined && draft.with({ error: undefined })),
      ['amqp10/**'],
    ),
    ending('closes the whole connection where a session fails', rescoped('close', { scope: 'end' }), ['amqp10/**']),
  ],
  'amqp10/2.5.4.discarding:emit': [
    ending(
      'answers what comes behind an end for an error',
      frames10((seen, at) => {
        if (seen.direction !== 'to-server' || seen.what !== 'frame' || seen.frame.type !== 'amqp' || seen.frame.performative?.type === 'end') return 'pass';
        const session = at.session('to-server', seen.channel);
        const channel = session?.channels['to-client'];
        return session?.ended['to-client'] === true && channel !== undefined ? { send: [seen.bytes], back: [piece10(flow, channel)] } : 'pass';
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.5.end-last:emit': [
    ending(
      'tells the state of a session behind its end',
      answer10('end', draft => draft.followedBy(flow)),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.7.8.error-details:emit': [ending('ends sessions without a word of explanation', wordless('end'), ['amqp10/**'])],
} as const satisfies FaultTable;

/** The windows of a session. */
export const windowFaults10 = {
  'amqp10/2.5.6.remote-incoming-window:emit': [
    windows(
      'sends on where the window of its peer is full',
      request10(['begin', 'flow'], draft => draft.fields.incomingWindow < 1000 && draft.with({ incomingWindow: 1000 })),
      ['amqp10/{flow,session-flow,transfer}/**'],
    ),
  ],
  'amqp10/2.5.6.window-violation:enforce': [
    windows('takes more transfers than its window allows', unpunished10({ condition: 'amqp:session:window-violation' })),
    windows('ends with not-allowed where its window is overrun', misconditioned('amqp:not-allowed', { condition: 'amqp:session:window-violation' })),
    windows('closes the connection where its window is overrun', rescoped('close', { condition: 'amqp:session:window-violation' })),
  ],
  'amqp10/2.5.6.flow-taken:emit': [
    windows(
      'takes no notice of the windows in a flow',
      request10('flow', (draft, at) => keptWindow(draft, at)),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.6.window-reopened:emit': [
    windows(
      'counts the window of its peer from the start of the session, whatever next-incoming-id was told',
      request10('flow', (draft, at) => {
        const first = at.session('to-server', draft.channel)?.begin['to-client']?.nextOutgoingId;
        return first !== undefined && draft.fields.nextIncomingId !== undefined && draft.with({ nextIncomingId: first });
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.6.transfers-counted:emit': [
    windows(
      'tells a next-outgoing-id that does not count what it sent',
      answer10('flow', (draft, at) => {
        const sent = at.session('to-client', draft.channel)?.transfers['to-client'] ?? 0;
        return sent > 0 && draft.with({ nextOutgoingId: serialPlus(draft.fields.nextOutgoingId, -sent) });
      }),
      ['amqp10/**'],
    ),
    windows(
      'tells a next-incoming-id that does not count what it got',
      answer10('flow', (draft, at) => {
        const got = at.session('to-client', draft.channel)?.transfers['to-server'] ?? 0;
        return got > 0 && draft.fields.nextIncomingId !== undefined && draft.with({ nextIncomingId: serialPlus(draft.fields.nextIncomingId, -got) });
      }),
      ['amqp10/**'],
    ),
  ],
  'amqp10/2.5.6.wrap-around:emit': [
    windows(
      'ends a session whose transfer ids begin near their end',
      refusedConnection('amqp:invalid-field', 'begin', ({ fields }) => fields.nextOutgoingId > 0x7fffffff),
      ['amqp10/**'],
    ),
  ],
} as const satisfies FaultTable;

function isBeyond(handle: number, at: Conversation10, channel: number): boolean {
  return handle > (at.session('to-server', channel)?.begin['to-client']?.handleMax ?? 0xffffffff);
}

function clientEnded(at: Conversation10, channel: number): boolean {
  return at.session('to-client', channel)?.ended['to-server'] === true;
}

function keptWindow(draft: Parameters<Parameters<typeof request10<'flow'>>[1]>[0], at: Conversation10) {
  const incomingWindow = at.session('to-server', draft.channel)?.begin['to-server']?.incomingWindow;
  return incomingWindow !== undefined && draft.fields.incomingWindow !== incomingWindow && draft.with({ incomingWindow, nextIncomingId: undefined });
}

/** All frames of the server's sessions are on channels further up. */
function moved(by: number) {
  return frames10((seen, at) => {
    if (seen.direction !== 'to-client' || seen.what !== 'frame' || seen.frame.type !== 'amqp' || seen.frame.performative === undefined) return 'pass';
    const { type } = seen.frame.performative;
    const room = at.channelMax['to-client'] >= seen.channel + by;
    return type === 'open' || type === 'close' || !room ? 'pass' : { send: [{ ...seen.frame, channel: seen.channel + by }] };
  });
}

/** The second session of the server is on the channel of its first. */
function secondOnFirst() {
  return answer10('begin', (draft, at) => {
    const first = [...at.sessions].find(({ channels, ended }) => channels['to-client'] !== undefined && !ended['to-client']);
    const channel = first?.channels['to-client'];
    return channel !== undefined && channel !== draft.channel && draft.on(channel);
  });
}

/** A begin on a channel on which a session has ended is answered with a close. */
function afterEnd() {
  return remembering10(() => {
    const used = new Set<number>();
    return either10(
      request10('end', draft => {
        used.add(draft.channel);
        return false;
      }),
      refusedConnection('amqp:illegal-state', 'begin', ({ channel }) => used.has(channel)),
    );
  });
}
