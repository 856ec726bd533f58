import type { Conversation10, Piece10 } from '../../saboteur/fault10.ts';
import { answer10, type Draft10, frames10 } from '../../saboteur/rewrites10.ts';
import type { DutyId } from '../../spec/catalogue.ts';
import { frameOf, joined, listOf, nestedLists, variableOf } from '../../wire/amqp10/craft.ts';
import { compositeFrame } from './octets.ts';
import { alone, type Behind, case10, closes, departs, drops, goesOn, onwards, throughout } from './words.ts';

const nothing = new Uint8Array(0);
const empty = frameOf(nothing);
const flow = { nextIncomingId: 0, incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100 } as const;

/** What comes right behind the server's begin. */
const behindBegin = (more: (draft: Draft10<'begin'>, at: Conversation10) => readonly Piece10[] | false, behind: Behind = alone()) =>
  departs(
    answer10('begin', (draft, at) => {
      const pieces = more(draft, at);
      return pieces !== false && draft.followedBy(...pieces);
    }),
    behind,
  );

/** Octets that are no frame, or none that can be decoded. */
const wrong = (id: string, title: string, duty: DutyId, octets: (channel: number) => Uint8Array, trigger?: string) =>
  case10({
    id: `frame/${id}`,
    title,
    duties: [duty],
    needs: 'channel',
    ...(trigger !== undefined && { trigger }),
    seam: behindBegin(({ channel }) => [octets(channel)]),
  });

/** A flow whose properties are these octets. */
const flowWith = (properties: Uint8Array) => (channel: number) => compositeFrame('flow', flow, channel, { fields: { properties } });
const inMap = (value: Uint8Array): Uint8Array => (value.length > 200 ? inWide(value) : joined(Uint8Array.of(0xc1, value.length + 4, 2, 0xa3, 1, 0x6b), value));

/** Frames and what is in them: section 2.3 and part 1. */
export const frameCases = [
  case10({
    id: 'frame/extended-header',
    title: 'An extended header is skipped',
    duties: ['amqp10/2.3.1.extended-header:client-emit'],
    needs: 'channel',
    seam: departs(
      answer10('begin', ({ channel, fields }) =>
        frameOf(compositeFrame('begin', fields).subarray(8), { channel, extendedHeader: Uint8Array.of(9, 9, 9, 9, 0, 0, 0, 0) }),
      ),
    ),
  }),
  case10({
    id: 'frame/empty-everywhere',
    title: 'Empty frames may come anywhere behind the open',
    duties: ['amqp10/2.3.2.empty-frame:client-emit', 'amqp10/2.4.5.any-frame:client-emit'],
    needs: 'open',
    seam: throughout(
      frames10((seen, at) => {
        const opened = at.open['to-client'] !== undefined && !at.closed['to-client'];
        return opened && seen.direction === 'to-client' && seen.what === 'frame' ? { send: [empty, seen.bytes] } : 'pass';
      }),
    ),
  }),
  case10({
    id: 'frame/symbolic-descriptors',
    title: 'Performatives that are described by their symbols, with wide sizes and nulls at their ends, are the same',
    duties: [
      'amqp10/1.3.2.composite-descriptor:client-emit',
      'amqp10/1.2.any-encoding:client-emit',
      'amqp10/1.4.trailing-null:client-emit',
      'amqp10/1.6.22.list:client-emit',
    ],
    needs: 'channel',
    seam: throughout(
      answer10(['begin', 'attach', 'flow', 'transfer', 'disposition', 'detach', 'end', 'close'], draft =>
        draft.as({ descriptor: 'sym32', wide: true, trailing: 'nulls' }),
      ),
    ),
  }),
  case10({
    id: 'frame/wide-descriptors',
    title: 'Performatives that are described by eight octets are the same',
    duties: ['amqp10/1.2.any-encoding:client-emit', 'amqp10/1.6.6.ulong:client-emit'],
    needs: 'channel',
    seam: throughout(
      answer10(['begin', 'attach', 'flow', 'transfer', 'disposition', 'detach', 'end', 'close'], draft => draft.as({ descriptor: 'ulong', wide: true })),
    ),
  }),
  wrong('doff-1', 'A data offset below two words closes the connection with a framing error', 'amqp10/2.3.1.doff:client-enforce', channel =>
    frameOf(nothing, { channel, dataOffset: 1 }),
  ),
  wrong('doff-beyond', 'A data offset beyond the frame closes the connection with a framing error', 'amqp10/2.3.1.doff-beyond:client-enforce', channel =>
    frameOf(nothing, { channel, dataOffset: 200 }),
  ),
  wrong('size-7', 'A frame of seven octets closes the connection with a framing error', 'amqp10/2.3.1.size-minimum:client-enforce', channel =>
    frameOf(nothing, { channel, size: 7 }),
  ),
  wrong('type', 'A frame of an unknown type closes the connection with a framing error', 'amqp10/2.3.1.type:client-enforce', channel =>
    frameOf(nothing, { channel, type: 7 }),
  ),
  case10({
    id: 'frame/too-large',
    title: "A frame above the client's max-frame-size closes the connection with a framing error",
    duties: ['amqp10/2.7.1.frame-too-large:client-enforce'],
    needs: 'channel',
    trigger: 'a max-frame-size of less than 4 MiB',
    seam: behindBegin(({ channel }, at) => {
      const most = at.frameMax['to-client'];
      if (most >= 2 ** 22) return false;
      const properties = inWide(variableOf('string', new Uint8Array(most).fill(0x78), { wide: true }));
      return [compositeFrame('flow', flow, channel, { fields: { properties } })];
    }),
  }),
  wrong('performative', 'A performative that there is not closes the connection with an error', 'amqp10/2.3.2.performative:client-enforce', channel =>
    frameOf(Uint8Array.of(0, 0x53, 0x99, 0x45), { channel }),
  ),
  wrong('not-described', 'A body that is not described closes the connection with an error', 'amqp10/1.4.list:client-enforce', channel =>
    frameOf(Uint8Array.of(0x45), { channel }),
  ),
  wrong('not-a-list', 'A performative that is a map closes the connection with an error', 'amqp10/1.4.list:client-enforce', channel =>
    frameOf(Uint8Array.of(0, 0x53, 0x13, 0xc1, 1, 0), { channel }),
  ),
  wrong('truncated', 'A value that goes on beyond its frame closes the connection with an error', 'amqp10/1.2.truncated:client-enforce', channel =>
    frameOf(Uint8Array.of(0, 0x53, 0x13, 0xd0, 0, 0, 0, 9, 0, 0, 0, 1, 0x70, 0), { channel }),
  ),
  wrong(
    'variable-size',
    'A string of more octets than there are closes the connection with an error',
    'amqp10/1.2.2.variable-size:client-enforce',
    flowWith(Uint8Array.of(0xc1, 8, 2, 0xa3, 1, 0x6b, 0xa1, 200, 0x61, 0x61)),
  ),
  wrong(
    'format-code',
    'A format code that there is not closes the connection with an error',
    'amqp10/1.2.format-code:client-enforce',
    flowWith(inMap(Uint8Array.of(0x5f, 1))),
  ),
  wrong(
    'compound-size',
    'A list that ends within its size closes the connection with an error',
    'amqp10/1.2.3.compound-size:client-enforce',
    flowWith(inMap(listOf([Uint8Array.of(0x41)], { count: 0 }))),
  ),
  wrong(
    'compound-count',
    'A list with fewer items than it counts closes the connection with an error',
    'amqp10/1.2.3.compound-count:client-enforce',
    flowWith(inMap(listOf([Uint8Array.of(0x41)], { count: 9 }))),
  ),
  wrong(
    'compound-promise',
    'A list that counts four thousand million items closes the connection with an error, and takes no memory',
    'amqp10/1.2.3.compound-count:client-enforce',
    flowWith(inMap(listOf([Uint8Array.of(0x41)], { wide: true, count: 0xffffffff }))),
  ),
  wrong(
    'array-size',
    'An array that ends within its size closes the connection with an error',
    'amqp10/1.2.4.array-size:client-enforce',
    flowWith(inMap(Uint8Array.of(0xe0, 5, 1, 0x50, 1, 2, 3))),
  ),
  wrong(
    'map-odd',
    'A map with three items closes the connection with an error',
    'amqp10/1.6.23.map-even:client-enforce',
    flowWith(Uint8Array.of(0xc1, 6, 3, 0xa3, 1, 0x6b, 0x41, 0x41)),
  ),
  wrong(
    'map-keys-twice',
    'A map with one key twice closes the connection with an error',
    'amqp10/1.6.23.map-distinct-keys:client-enforce',
    flowWith(Uint8Array.of(0xc1, 9, 4, 0xa3, 1, 0x6b, 0x41, 0xa3, 1, 0x6b, 0x42)),
  ),
  wrong(
    'field-keys',
    'A key of properties that is no symbol closes the connection with an error',
    'amqp10/2.8.13.field-keys:client-enforce',
    flowWith(Uint8Array.of(0xc1, 5, 2, 0xa1, 1, 0x6b, 0x41)),
  ),
  wrong(
    'utf8',
    'A string that is no UTF-8 closes the connection with an error',
    'amqp10/1.6.20.string-utf8:client-enforce',
    flowWith(inMap(variableOf('string', Uint8Array.of(0xc3, 0x28, 0xff)))),
  ),
  wrong(
    'symbol-ascii',
    'A symbol that is not ASCII closes the connection with an error',
    'amqp10/1.6.21.symbol-ascii:client-enforce',
    flowWith(inMap(variableOf('symbol', Uint8Array.of(0x61, 0xe9)))),
  ),
  wrong(
    'boolean',
    'A boolean of two closes the connection with an error',
    'amqp10/1.6.2.boolean-octet:client-enforce',
    flowWith(inMap(Uint8Array.of(0x56, 2))),
  ),
  case10({
    id: 'frame/nested',
    title: 'Values nested a hundred deep are taken or refused, and nothing to die of',
    duties: ['amqp10/1.6.22.list:client-emit'],
    needs: 'channel',
    legal: [goesOn, closes('connection'), closes('session')],
    seam: behindBegin(({ channel }) => [flowWith(inMap(nestedLists(80)))(channel)], onwards),
  }),
];

function inWide(value: Uint8Array): Uint8Array {
  const size = value.length + 7;
  return joined(Uint8Array.of(0xd1, (size >>> 24) & 255, (size >>> 16) & 255, (size >>> 8) & 255, size & 255, 0, 0, 0, 2, 0xa3, 1, 0x6b), value);
}

/** The stream ends, and nobody said close. */
const lost = (id: string, title: string, how: 'end' | 'reset', octets: Uint8Array) =>
  case10({
    id: `stream/${id}`,
    title,
    duties: ['amqp10/2.5.2.ended-with-connection:client-emit'],
    needs: 'channel',
    legal: [goesOn, drops],
    ends: true,
    seam: departs(answer10('begin', ({ frame }) => ({ send: [frame, octets], finish: how }))),
  });

/** Ends of streams that nothing announces. */
export const streamCases = [
  lost('ends', 'A stream that ends without a close ends what was on it', 'end', nothing),
  lost('ends-in-a-frame', 'A stream that ends in the middle of a frame ends what was on it', 'end', compositeFrame('flow', flow).subarray(0, 13)),
  lost('reset', 'A stream that is reset ends what was on it', 'reset', nothing),
  case10({
    id: 'stream/close-unanswered',
    title: 'A client whose close stays without an answer gives up after a while',
    duties: ['amqp10/2.4.3.close-timeout:client-emit'],
    needs: 'close',
    legal: [goesOn, drops],
    ends: true,
    stayMs: 3000,
    seam: departs(
      frames10(seen =>
        seen.direction === 'to-server' && seen.what === 'frame' && seen.frame.type === 'amqp' && seen.frame.performative?.type === 'close' ? {} : 'pass',
      ),
      () => seen => (seen.what === 'end' ? 'pass' : {}),
    ),
  }),
];
