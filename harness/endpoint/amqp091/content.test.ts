import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentHeader, encodeContent } from '../../wire/amqp091/content.ts';
import { method } from '../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import { limits, octetsOf, type Recorded, reached } from './recorded.test-kit.ts';

const open = (settings: object = {}): Recorded => reached({ role: 'server', ...settings }, 'open-ok', 'open');
const publish = octetsOf(1, 'basic.publish');
const header = (bodySize: bigint | number) => encodeRawFrame(2, 1, contentHeader({ bodySize }).raw);
const bodyOf = (it: Recorded) => it.events.flatMap(event => (event.kind === 'content' ? [Buffer.concat(event.body)] : []));

describe('content', () => {
  test('arrives whole, however its body was split and the octets cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 }),
        fc.integer({ min: 9, max: 600 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        (bodies, frameMax, cuts) => {
          const it = open();
          const stream = Buffer.concat(
            bodies.flatMap(body => encodeContent(1, method('basic.publish'), contentHeader({ bodySize: body.length }), [body], frameMax)),
          );
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            it.machine.receive(new Uint8Array(stream.subarray(at, at + size)), 1);
            at += size;
          }
          expect(bodyOf(it)).toEqual(bodies.map(body => Buffer.from(body)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('what is sent with content is cut to the agreed frame-max', () => {
    const it = open();
    const body = new Uint8Array(3 * limits.frameMax);
    it.machine.sendContent(1, method('basic.deliver'), contentHeader({ bodySize: body.length }), [body], 1);
    expect(it.said()).toEqual(['1 basic.deliver', '1 header', '1 body', '1 body', '1 body', '1 body']);
  });

  test('frames of other channels and heartbeats may come in between', () => {
    const it = open();
    it.machine.receive(octetsOf(2, 'channel.open'), 1);
    it.heard();
    const between = Buffer.concat([octetsOf(2, 'basic.ack'), encodeRawFrame(8, 0, new Uint8Array(0))]);
    for (const piece of [publish, header(1), encodeRawFrame(3, 1, Uint8Array.of(7))]) {
      it.machine.receive(new Uint8Array(between), 1);
      it.machine.receive(piece, 1);
    }
    expect(it.heard().filter(what => what.startsWith('1 ') || what.startsWith('violation'))).toEqual(['1 basic.publish with 1']);
  });

  test('body frames without octets count for nothing and are not kept', () => {
    const it = open();
    it.machine.receive(new Uint8Array(Buffer.concat([publish, header(1)])), 1);
    for (let turn = 0; turn < 100; turn++) it.machine.receive(encodeRawFrame(3, 1, new Uint8Array(0)), 1);
    it.machine.receive(encodeRawFrame(3, 1, Uint8Array.of(9)), 1);
    expect(it.events).toMatchObject([{ kind: 'content', body: [Uint8Array.of(9)] }]);
  });

  test('many small frames are joined, and the body is the same', () => {
    const it = open();
    const size = 5000;
    it.machine.receive(new Uint8Array(Buffer.concat([publish, header(size)])), 1);
    for (let at = 0; at < size; at++) it.machine.receive(encodeRawFrame(3, 1, Uint8Array.of(at % 251)), 1);
    const [content] = it.events;
    expect(bodyOf(it)).toEqual([Buffer.from(Array.from({ length: size }, (_, at) => at % 251))]);
    expect(content?.kind === 'content' && content.body.length).toBeLessThan(300);
  });
});

describe('sizes that lie', () => {
  test.each([2n ** 63n, 2n ** 64n - 1n, BigInt(2 ** 27 + 1)])('a declared body of %s is answered 311 and allocates nothing', size => {
    const it = open();
    const before = process.memoryUsage();
    it.machine.receive(new Uint8Array(Buffer.concat([publish, header(size)])), 1);
    const after = process.memoryUsage();
    expect(it.events).toMatchObject([
      { kind: 'violation', violation: { rule: 'amqp091/content-too-large' }, answer: { scope: 'channel', code: 311, classId: 60, methodId: 40 } },
    ]);
    expect(it.said()).toEqual(['1 channel.close']);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1 << 20);
    it.machine.receive(encodeRawFrame(3, 1, new Uint8Array(1000)), 2);
    expect(it.heard().slice(1)).toEqual([]);
    expect(it.machine.channelState(1)).toBe('server-close');
  });

  test('a declared body within bounds allocates nothing before it comes', () => {
    const it = open({ contentMax: 2 ** 40 });
    const before = process.memoryUsage().arrayBuffers;
    it.machine.receive(new Uint8Array(Buffer.concat([publish, header(2 ** 39)])), 1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
    expect(it.heard()).toEqual([]);
  });

  test('a machine that raises nothing drops the body that is too large and goes on behind it', () => {
    const it = open({ contentMax: 10, automatic: { raise: false } });
    const body = encodeRawFrame(3, 1, new Uint8Array(11));
    it.machine.receive(new Uint8Array(Buffer.concat([publish, header(11), body, octetsOf(1, 'basic.ack')])), 1);
    expect(it.heard()).toEqual(['violation amqp091/content-too-large', '1 basic.ack']);
  });

  test('a machine that raises nothing forgets a content that was given up', () => {
    const it = open({ automatic: { raise: false } });
    it.machine.receive(new Uint8Array(Buffer.concat([publish, header(3), octetsOf(1, 'basic.ack'), octetsOf(1, 'basic.ack')])), 1);
    expect(it.heard()).toEqual(['violation amqp091/4.2.6.body-missing', '1 basic.ack', '1 basic.ack']);
  });

  test('a frame that declares more than frame-max is not waited for', () => {
    const it = open();
    it.machine.receive(Uint8Array.of(3, 0, 1, 0xff, 0xff, 0xff, 0xff), 1);
    expect(it.events).toMatchObject([{ kind: 'violation', violation: { rule: 'amqp091/4.2.3.frame-max' } }]);
    expect(it.said()).toEqual(['0 connection.close']);
  });
});
