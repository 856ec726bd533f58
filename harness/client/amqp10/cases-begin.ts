import type { Filter10, Piece10 } from '../../saboteur/fault10.ts';
import { answer10, bodyOf, type Draft10, frames10, piece10 } from '../../saboteur/rewrites10.ts';
import type { CompositeFields, Performative } from '../../wire/amqp10/codec.ts';
import { encoded } from './inject.ts';
import { compositeFrame } from './octets.ts';
import { shifting, shiftOf } from './shift.ts';
import { alone, answersEnd, type Behind, case10, closes, departs, drops, goesOn, owing, throughout } from './words.ts';

const begins = (fields: Partial<CompositeFields<'begin'>>, behind?: Behind) =>
  departs(
    answer10('begin', draft => draft.with(fields)),
    behind,
  );
type Made = readonly (Performative | Piece10)[];
/** What comes right behind the begin that answers the client's. */
const behindBegin = (more: (draft: Draft10<'begin'>) => Made, behind: Behind = alone()) =>
  departs(
    answer10('begin', draft => draft.followedBy(...more(draft))),
    behind,
  );

const opensAfterMs = 1000;
/** The window is shut until the client has had credit for a while; then it owes a transfer. */
const shutWindow: Behind = scene => {
  let opened = false;
  let waiting = false;
  const filter: Filter10 = seen => {
    const body = bodyOf(seen);
    if (seen.direction === 'to-server' && body?.type === 'transfer' && opened) scene.met();
    if (opened || seen.direction === 'to-server' || body?.type !== 'flow') return 'pass';
    if (!waiting && (body.linkCredit ?? 0) > 0) {
      waiting = true;
      scene.clock.at(scene.clock.now() + opensAfterMs, () => {
        opened = true;
        scene.inject(encoded(body, seen.channel));
      });
    }
    return { send: [piece10({ ...body, incomingWindow: 0 }, seen.channel)] };
  };
  return filter;
};

const distance = 3;

/** Begin and its windows: sections 2.5.1, 2.5.6 and 2.7.2. */
export const beginCases = [
  case10({
    id: 'begin/handle-max-0',
    title: 'Where the server has one handle in a session, the client attaches no second link there',
    duties: ['amqp10/2.7.2.handle-max:client-emit'],
    needs: 'declare',
    legal: [goesOn, closes('session'), closes('connection'), drops],
    lawful: true,
    stayMs: 1500,
    until: 'publish',
    seam: begins({ handleMax: 0 }),
  }),
  case10({
    id: 'begin/window-shut',
    title: 'Nothing is sent while the window is shut, and what waited is sent when it opens',
    duties: ['amqp10/2.5.6.remote-incoming-window:client-emit', 'amqp10/2.5.6.window-reopened:client-emit'],
    needs: 'publish',
    legal: [goesOn],
    owes: 'send what it has once the window is open, and nothing before',
    stayMs: 4000,
    seam: begins({ incomingWindow: 0 }, shutWindow),
  }),
  case10({
    id: 'begin/ids-wrap',
    title: 'Transfer ids go on at zero behind 2^32 - 1',
    duties: ['amqp10/2.5.6.wrap-around:client-emit', 'amqp10/2.8.10.serial-numbers:client-emit', 'amqp10/2.5.6.transfers-counted:client-emit'],
    needs: 'consume',
    seam: throughout(() => frames10(shifting(shiftOf({ transferIds: 0xfffffffe, deliveryIds: 0xfffffffe })))),
  }),
  case10({
    id: 'begin/other-channel',
    title: 'The server answers on a channel of its own',
    duties: ['amqp10/2.4.channels-independent:client-emit'],
    needs: 'channel',
    trigger: 'room for other channels than its own',
    seam: throughout(
      frames10((seen, at) => {
        const body = bodyOf(seen);
        const ofSession =
          seen.direction === 'to-client' &&
          seen.what === 'frame' &&
          body !== undefined &&
          !body.type.startsWith('sasl-') &&
          body.type !== 'open' &&
          body.type !== 'close';
        if (!ofSession || seen.what !== 'frame' || seen.frame.type !== 'amqp' || at.channelMax['to-client'] < distance + 8) return 'pass';
        return { send: [{ ...seen.frame, channel: seen.channel + distance }] };
      }),
    ),
  }),
  case10({
    id: 'begin/other-remote-channel',
    title: 'A begin that answers one that was never sent ends with an error',
    duties: ['amqp10/2.5.1.remote-channel:client-enforce'],
    needs: 'channel',
    seam: departs(
      answer10('begin', draft => draft.with({ remoteChannel: (draft.fields.remoteChannel ?? 0) + 7 })),
      alone(),
    ),
  }),
  case10({
    id: 'begin/mandatory',
    title: 'A begin without its windows ends the session or the connection with an error',
    duties: ['amqp10/2.7.2.mandatory:client-enforce'],
    needs: 'channel',
    seam: departs(
      answer10('begin', draft => draft.lacking('incomingWindow', 'outgoingWindow')),
      alone(),
    ),
  }),
  case10({
    id: 'begin/unasked',
    title: 'A session that the server begins is answered with a begin',
    duties: ['amqp10/2.5.1.begin-answered:client-emit'],
    needs: 'channel',
    trigger: 'room for another channel',
    legal: [closes('connection')],
    lawful: true,
    owes: 'answer by a begin that names the channel of the one that came',
    seam: departs(
      answer10('begin', (draft, at) => {
        const channel = draft.channel + 1;
        return (
          at.channelMax['to-client'] >= channel &&
          draft.followedBy(piece10({ type: 'begin', nextOutgoingId: 0, incomingWindow: 10, outgoingWindow: 10 }, channel))
        );
      }),
      owing(alone(), body => body.type === 'begin' && body.remoteChannel !== undefined),
    ),
  }),
  case10({
    id: 'begin/channel-in-use',
    title: 'A begin on a channel that is in use ends with an error',
    duties: ['amqp10/2.5.1.channel-in-use:client-enforce'],
    needs: 'channel',
    seam: behindBegin(() => [{ type: 'begin', nextOutgoingId: 0, incomingWindow: 1, outgoingWindow: 1 }]),
  }),
  case10({
    id: 'begin/unmapped-channel',
    title: 'A frame on a channel without a session ends with an error',
    duties: ['amqp10/2.5.5.unmapped-channel:client-enforce'],
    needs: 'channel',
    trigger: 'room for another channel',
    seam: departs(
      answer10('begin', (draft, at) => {
        const channel = draft.channel + 5;
        const flow = { type: 'flow', nextIncomingId: 0, incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1 } as const;
        return at.channelMax['to-client'] >= channel && draft.followedBy(piece10(flow, channel));
      }),
      alone(),
    ),
  }),
];

const onPurpose = { type: 'error', condition: 'amqp:internal-error', description: 'on purpose' } as const;
const endAnswered = owing(alone('end'), ({ type }) => type === 'end' || type === 'close');

/** End: sections 2.5.2 to 2.5.4 and 2.7.8. */
export const endCases = [
  case10({
    id: 'end/plain',
    title: 'An end without an error is answered with an end',
    duties: ['amqp10/2.5.2.end-answered:client-emit'],
    needs: 'channel',
    legal: answersEnd,
    lawful: true,
    owes: 'answer by an end, or close the connection',
    seam: behindBegin(() => [{ type: 'end' }], endAnswered),
  }),
  case10({
    id: 'end/with-error',
    title: 'An end with an error is answered with an end',
    duties: ['amqp10/2.5.2.end-answered:client-emit', 'amqp10/2.5.3.simultaneous-end:client-emit'],
    needs: 'channel',
    legal: answersEnd,
    lawful: true,
    owes: 'answer by an end, or close the connection',
    seam: behindBegin(() => [{ type: 'end', error: onPurpose }], endAnswered),
  }),
  case10({
    id: 'end/attach-crossed',
    title: 'An end that crosses the attach of a link is answered with an end',
    duties: ['amqp10/2.5.2.end-answered:client-emit', 'amqp10/2.5.3.simultaneous-end:client-emit'],
    needs: 'declare',
    legal: answersEnd,
    lawful: true,
    owes: 'answer by an end, or close the connection',
    seam: departs(
      answer10('attach', (_draft, at) => {
        const session = [...at.sessions].find(each => each.channels['to-client'] !== undefined);
        return { send: [piece10({ type: 'end', error: onPurpose }, session?.channels['to-client'] ?? 0)] };
      }),
      endAnswered,
    ),
  }),
  case10({
    id: 'end/error-without-condition',
    title: 'An end whose error has no condition ends with an error',
    duties: ['amqp10/2.8.14.condition:client-enforce'],
    needs: 'channel',
    seam: behindBegin(({ channel }) => [compositeFrame('end', {}, channel, { fields: { error: Uint8Array.of(0, 0x53, 0x1d, 0xc0, 2, 1, 0x40) } })]),
  }),
];
