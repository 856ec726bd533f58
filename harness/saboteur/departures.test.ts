import { describe, expect, it } from 'vitest';
import { encodeRawFrame, type Frame, method, methodIds } from '../wire/amqp091/codec.ts';
import { joined, wrongFrameEnd } from '../wire/amqp091/craft.ts';
import { broke, closedAloud, deafFrom, forgiven, heldOpen, hungUp, miscoded, overlooks, overpunished, underpunished, unpunished } from './departures.ts';
import type { FrameSeam } from './fault.ts';
import { declaredAgain, refused, refusedFrom } from './refusals.ts';
import { declare, decoded, methodFrame, names, opening, serverSide } from './seam.test-kit.ts';

const about = methodIds('queue.declare');
const channelClose = methodFrame(1, method('channel.close', { replyCode: 404, replyText: 'not-found', ...about }));
const connectionClose = methodFrame(0, method('connection.close', { replyCode: 504, replyText: 'channel-error', ...methodIds('channel.open') }));
const frameError: Frame = { type: 'method', channel: 0, method: method('connection.close', { replyCode: 501 }) };

/** What the client gets of what the server writes after a declare. */
function heard(seam: FrameSeam, ...written: Uint8Array[]) {
  const { wire, stream, client } = serverSide(seam);
  client.send(opening, declare);
  for (const bytes of written) stream.write(bytes);
  stream.end();
  return { frames: decoded(wire.written), ended: wire.ended };
}

describe('closes of the server', () => {
  it('carry another code, where code and method match', () => {
    expect(heard(miscoded(405, { about: 'queue.declare', code: 404 }), channelClose).frames).toMatchObject([
      { method: { args: { replyCode: 405, ...about } } },
    ]);
    for (const match of [{ code: 406 }, { about: 'queue.bind' }, { scope: 'connection' }, { when: () => false }] as const) {
      expect(heard(miscoded(405, match), channelClose).frames).toMatchObject([{ method: { args: { replyCode: 404 } } }]);
    }
  });

  it('are withheld, and the stream stays open', () => {
    expect(heard(unpunished({ code: 504 }), connectionClose)).toEqual({ frames: [], ended: 'no' });
  });

  it('become an ordinary answer', () => {
    const { frames, ended } = heard(
      forgiven({ code: 404 }, () => method('queue.declare-ok', { queue: 'q' })),
      channelClose,
    );
    expect(frames).toMatchObject([{ channel: 1, method: { name: 'queue.declare-ok', args: { queue: 'q' } } }]);
    expect(ended).toBe('no');
  });

  it('hit too much, or too little', () => {
    expect(heard(overpunished({ code: 404 }), channelClose).frames).toMatchObject([
      { channel: 0, method: { name: 'connection.close', args: { replyCode: 404 } } },
    ]);
    expect(heard(underpunished({ code: 504 }), connectionClose)).toMatchObject({ frames: [{ channel: 1, method: { name: 'channel.close' } }], ended: 'no' });
  });
});

describe('an end without a word', () => {
  const misframed = wrongFrameEnd(declare, 0xcd);
  const isBroken = broke('amqp091/4.2.3.frame-end');

  it('is kept from the client, through every step of the close', () => {
    const { wire, stream, client } = serverSide(heldOpen(isBroken));
    client.send(opening, misframed);
    stream.end();
    stream.destroy();
    expect(wire.ended).toBe('no');
  });

  it('is announced, though it should not be', () => {
    const { wire, stream, client } = serverSide(closedAloud(isBroken, frameError));
    client.send(opening, misframed);
    stream.end();
    expect(names(wire.written)).toEqual(['connection.close']);
    expect(wire.ended).toBe('end');
  });

  it('stays as it is for another cause, and behind a close that was said', () => {
    const { wire, stream } = serverSide(heldOpen(() => true));
    stream.write(connectionClose);
    stream.end();
    expect(wire.ended).toBe('end');
    expect(heard(closedAloud(isBroken, frameError)).frames).toEqual([]);
  });
});

describe('what the client does wrong', () => {
  const unknown = encodeRawFrame(1, 1, Uint8Array.of(0, 99, 0, 99));

  it('never arrives, and the rest does', () => {
    const { server, client } = serverSide(overlooks('amqp091/4.2.4.class-unknown'));
    client.send(opening, unknown, declare);
    expect(joined(...server.received)).toEqual(joined(opening, declare));
  });

  it('makes the server deaf from then on', () => {
    const { server, client } = serverSide(deafFrom(seen => seen.what === 'broken'));
    client.send(opening, unknown, declare);
    expect(joined(...server.received)).toEqual(opening);
  });

  it('makes the server hang up', async () => {
    const { server, client, wire } = serverSide(hungUp(501, seen => seen.what === 'broken'));
    client.send(opening, unknown, declare);
    expect(decoded(wire.written)).toMatchObject([{ channel: 0, method: { name: 'connection.close', args: { replyCode: 501, replyText: 'frame-error' } } }]);
    expect(wire.ended).toBe('end');
    expect(server.ends).toEqual(['eof']);
  });
});

describe('a refusal in between', () => {
  it('closes the channel for both sides, and keeps each close-ok from the other', () => {
    const { server, client, wire, stream } = serverSide(refused('queue.declare', 406, ({ args }) => args.passive));
    client.send(opening, declare);
    expect(decoded(wire.written)).toMatchObject([
      { channel: 1, method: { name: 'channel.close', args: { replyCode: 406, replyText: 'precondition-failed', ...about } } },
    ]);
    client.send(methodFrame(1, method('channel.close-ok')));
    stream.write(methodFrame(1, method('channel.close-ok')));
    client.send(methodFrame(1, method('channel.open')), declare);
    expect(names(server.received.slice(1))).toEqual(['channel.open', 'channel.close', 'channel.open', 'channel.close']);
    expect(names(wire.written)).toEqual(['channel.close', 'channel.close']);
  });

  it('closes the connection where the code is a hard one', () => {
    const { client, wire } = serverSide(refused('queue.declare', 540));
    client.send(opening, declare);
    expect(decoded(wire.written)).toMatchObject([{ channel: 0, method: { name: 'connection.close', args: { replyCode: 540 } } }]);
  });

  it('comes from the nth time on', () => {
    const { client, wire } = serverSide(refusedFrom(3, 'queue.declare', 540));
    client.send(opening, declare, declare);
    expect(wire.written).toEqual([]);
    client.send(declare);
    expect(names(wire.written)).toEqual(['connection.close']);
  });

  it('knows what was declared before under the same name', () => {
    const made = (name: string, durable: boolean) => methodFrame(1, method('queue.declare', { queue: name, durable }));
    const { client, server, wire } = serverSide(declaredAgain('queue.declare', (draft, first) => draft.args.durable !== first.durable && draft.accepted()));
    client.send(opening, made('a', true), made('b', false), made('a', true), made('a', false));
    expect(names(server.received.slice(2))).toEqual(['queue.declare', 'queue.declare', 'queue.declare']);
    expect(names(wire.written)).toEqual(['queue.declare-ok']);
  });
});
