import { describe, expect, test } from 'vitest';
import { contentHeader } from '../../wire/amqp091/content.ts';
import { method } from '../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import { octetsOf, type Recorded, reached } from './recorded.test-kit.ts';
import type { Exception } from './vocabulary.ts';

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const notFound: Exception = { scope: 'channel', code: 404, text: 'not-found', classId: 50, methodId: 10 };
const forced: Exception = { scope: 'connection', code: 320, text: 'connection-forced', classId: 0, methodId: 0 };
const close = octetsOf(0, 'connection.close', { replyCode: 200, replyText: 'bye' });
const closeOk = octetsOf(0, 'connection.close-ok');
const channelClose = octetsOf(1, 'channel.close', { replyCode: 200, replyText: 'bye' });
const channelCloseOk = octetsOf(1, 'channel.close-ok');
const publication = join(octetsOf(1, 'basic.publish'), encodeRawFrame(2, 1, contentHeader({ bodySize: 3 }).raw), encodeRawFrame(3, 1, Uint8Array.of(1, 2, 3)));

describe('closing a connection', () => {
  test('a close is told, answered, and the stream ended', () => {
    const it = reached({ role: 'server' });
    it.machine.receive(close, 1);
    expect(it.heard()).toEqual(['0 connection.close']);
    expect(it.said()).toEqual(['0 connection.close-ok']);
    expect({ closed: it.closed, state: it.machine.state }).toEqual({ closed: 'flush', state: 'close-ok' });
    it.machine.endOfInput('eof', 2);
    expect(it.heard()).toEqual(['ended eof after handshake']);
  });

  test('a close of ours ends with the close-ok', () => {
    const it = reached({ role: 'client' });
    it.machine.send(0, method('connection.close', { replyCode: 200 }), 1);
    expect(it.closed).toBeUndefined();
    it.machine.receive(closeOk, 2);
    expect({ closed: it.closed, state: it.machine.state }).toEqual({ closed: 'flush', state: 'close-ok' });
  });

  test('closes that cross are each answered, and each side waits for its own', () => {
    const it = reached({ role: 'server' });
    it.machine.raise(forced, 1);
    it.machine.receive(close, 2);
    expect(it.said()).toEqual(['0 connection.close', '0 connection.close-ok']);
    expect({ closed: it.closed, state: it.machine.state }).toEqual({ closed: undefined, state: 'server-close' });
    it.machine.receive(closeOk, 3);
    expect({ closed: it.closed, state: it.machine.state }).toEqual({ closed: 'flush', state: 'close-ok' });
  });

  test('after our close all but close and close-ok is dropped, however the octets are cut', () => {
    const noise = join(
      octetsOf(1, 'basic.ack'),
      publication,
      octetsOf(0, 'connection.open'),
      octetsOf(9, 'basic.qos'),
      encodeRawFrame(1, 5, Uint8Array.of(0)),
      closeOk,
    );
    for (let cut = 1; cut < noise.length; cut++) {
      const it = reached({ role: 'server' }, 'open-ok', 'open');
      it.machine.raise(forced, 1);
      it.machine.receive(noise.subarray(0, cut), 2);
      it.machine.receive(noise.subarray(cut), 3);
      expect({ cut, heard: it.heard(), said: it.said(), closed: it.closed }).toEqual({
        cut,
        heard: ['0 connection.close-ok'],
        said: ['0 connection.close'],
        closed: 'flush',
      });
    }
  });

  test('a second exception says nothing more', () => {
    const it = reached({ role: 'server' }, 'open-ok', 'open');
    it.machine.raise(forced, 1);
    it.machine.raise(forced, 1);
    it.machine.raise(notFound, 1, 1);
    expect(it.said()).toEqual(['0 connection.close']);
  });

  test('nothing is heard after the handshake', () => {
    const it = reached({ role: 'server' });
    it.machine.receive(join(close, octetsOf(1, 'channel.open')), 1);
    expect(it.heard()).toEqual(['0 connection.close']);
  });

  test('a close-ok that never comes ends with an abort', () => {
    const it = reached({ role: 'server', closeOkWithinMs: 5000 });
    it.machine.raise(forced, 1000);
    expect(it.wake).toBe(6000);
    it.machine.tick(5999);
    expect(it.closed).toBeUndefined();
    it.machine.tick(6000);
    expect(it.closed).toBe('abort');
  });

  test('a machine that leaves close-ok to its user neither answers nor ends the stream', () => {
    const it = reached({ role: 'server', automatic: { closeOk: false } });
    it.machine.receive(close, 1);
    expect({ said: it.said(), closed: it.closed, state: it.machine.state }).toEqual({ said: [], closed: undefined, state: 'client-close' });
  });

  test('the end of input in the middle of everything is told once', () => {
    const it = reached({ role: 'server' }, 'open-ok', 'open');
    it.machine.receive(publication.subarray(0, publication.length - 2), 1);
    it.machine.endOfInput('reset', 2);
    it.machine.receive(publication, 3);
    it.machine.tick(4);
    expect({ heard: it.heard(), state: it.machine.state }).toEqual({ heard: ['ended reset'], state: 'closed' });
  });
});

describe('closing a channel', () => {
  const open = (): Recorded => reached({ role: 'server' }, 'open-ok', 'open');

  test('a close is told and answered, and the number can be used again', () => {
    const it = open();
    it.machine.receive(join(channelClose, octetsOf(1, 'channel.open')), 1);
    expect(it.heard()).toEqual(['1 channel.close', '1 channel.open']);
    expect(it.said()).toEqual(['1 channel.close-ok']);
    expect(it.machine.channelState(1)).toBe('opening');
  });

  test('after our close everything on the channel is dropped, malformed methods too, and other channels live', () => {
    const it = open();
    it.machine.receive(octetsOf(2, 'channel.open'), 1);
    it.machine.send(2, method('channel.open-ok'), 1);
    it.machine.raise(notFound, 1, 1);
    it.heard();
    it.machine.receive(
      join(publication, encodeRawFrame(1, 1, Uint8Array.of(0, 60, 0, 99)), octetsOf(1, 'channel.open'), octetsOf(2, 'basic.ack'), channelCloseOk),
      2,
    );
    expect(it.heard()).toEqual(['2 basic.ack', '1 channel.close-ok']);
    expect({ one: it.machine.channelState(1), two: it.machine.channelState(2), closed: it.closed }).toEqual({ one: 'closed', two: 'open', closed: undefined });
  });

  test('closes that cross are each answered', () => {
    const it = open();
    it.machine.raise(notFound, 1, 1);
    it.machine.receive(channelClose, 2);
    expect(it.said()).toEqual(['1 channel.close', '1 channel.close-ok']);
    expect(it.machine.channelState(1)).toBe('server-close');
    it.machine.receive(channelCloseOk, 3);
    expect(it.machine.channelState(1)).toBe('closed');
  });

  test('a close in the middle of our own content drops what had come', () => {
    const it = open();
    it.machine.receive(publication.subarray(0, publication.length - 11), 1);
    it.machine.raise(notFound, 1, 1);
    it.machine.receive(join(publication.subarray(publication.length - 11), channelCloseOk, octetsOf(1, 'channel.open')), 2);
    it.machine.send(1, method('channel.open-ok'), 2);
    it.machine.receive(publication, 3);
    expect(it.heard()).toEqual(['1 channel.close-ok', '1 channel.open', '1 basic.publish with 3']);
  });

  test('a channel exception where no channel is open says nothing', () => {
    const it = reached({ role: 'server' });
    it.machine.raise(notFound, 1, 4);
    expect(it.said()).toEqual([]);
  });

  test('flow is answered with what was asked for; a flow of ours takes one flow-ok', () => {
    const it = open();
    it.machine.receive(octetsOf(1, 'channel.flow', { active: false }), 1);
    expect(it.methods()).toEqual([method('channel.flow-ok', { active: false })]);
    it.machine.send(1, method('channel.flow', { active: true }), 2);
    it.machine.receive(octetsOf(1, 'channel.flow-ok', { active: true }), 3);
    expect(it.heard()).toEqual(['1 channel.flow', '1 channel.flow-ok']);
    it.machine.receive(octetsOf(1, 'channel.flow-ok', { active: true }), 4);
    expect(it.heard()).toEqual(['violation amqp091/channel.unsolicited-reply']);
  });
});

test('an exception before the connection is open is a bare close', () => {
  const it = reached({ role: 'server' }, 'tune');
  it.machine.raise(forced, 1);
  expect({ said: it.said(), closed: it.closed }).toEqual({ said: [], closed: 'flush' });
});
