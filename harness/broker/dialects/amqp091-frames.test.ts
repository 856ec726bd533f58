import { describe, expect, it } from 'vitest';
import { method } from '../../wire/amqp091/method.ts';
import { contentFrames, deliveryFrames } from './amqp091-frames.ts';
import { composeMessage } from './amqp091-message.ts';

const tags = [1, 255, 0x1_0000_0000, Number.MAX_SAFE_INTEGER];
const names = ['', 'orders', 'ключ', 'x'.repeat(255), 'é'.repeat(127), '\udc80raw\udcff'];
const sizes = [0, 1, 31, 32, 33, 4096, 16_384, 16_385, 40_000];

const joined = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('hex');

describe('the frames of a delivery', () => {
  it('are those that the table makes of basic.deliver', () => {
    for (const deliveryTag of tags) {
      for (const name of names) {
        for (const size of sizes) {
          const redelivered = size % 2 === 1;
          const message = composeMessage(name, name, Buffer.alloc(size, size), { contentType: 'text/plain', deliveryMode: 2 });
          const effect = {
            kind: 'deliver',
            connection: 1,
            channel: 0x1234,
            consumerTag: name,
            deliveryTag,
            redelivered,
            failures: 0,
            deadlineMs: -1,
            message,
          } as const;
          const spelled = method('basic.deliver', { consumerTag: name, deliveryTag: BigInt(deliveryTag), redelivered, exchange: name, routingKey: name });
          for (const frameMax of [0, 4096]) {
            expect(joined(deliveryFrames(effect, frameMax))).toBe(joined(contentFrames(0x1234, spelled, message, frameMax)));
          }
        }
      }
    }
  });

  it('stay as they are while others are written', () => {
    const effect = (fill: number) =>
      ({
        kind: 'deliver',
        connection: 1,
        channel: 1,
        consumerTag: 'c',
        deliveryTag: fill,
        redelivered: false,
        failures: 0,
        deadlineMs: -1,
        message: composeMessage('', 'q', Buffer.alloc(3000, fill)),
      }) as const;
    const written = Array.from({ length: 60 }, (_, fill) => deliveryFrames(effect(fill), 0));
    const alone = Array.from({ length: 60 }, (_, fill) => joined(deliveryFrames(effect(fill), 0)));
    expect(written.map(joined)).toEqual(alone);
  });

  it('refuse a name that no short string holds', () => {
    const message = composeMessage('', 'x'.repeat(256), Buffer.alloc(1));
    const effect = {
      kind: 'deliver',
      connection: 1,
      channel: 1,
      consumerTag: 'c',
      deliveryTag: 1,
      redelivered: false,
      failures: 0,
      deadlineMs: -1,
      message,
    } as const;
    expect(() => deliveryFrames(effect, 0)).toThrow(RangeError);
  });
});
