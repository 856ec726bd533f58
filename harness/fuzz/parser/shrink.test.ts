import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../wire/amqp091/codec.ts';
import { encodeTable, fieldTable } from '../../wire/amqp091/field-table.ts';
import { encodeFrame } from '../../wire/amqp091/frame.ts';
import { method } from '../../wire/amqp091/method.ts';
import { shrink } from './shrink.ts';

const declare = encodeFrame({
  type: 'method',
  channel: 1,
  method: method('queue.declare', {
    queue: 'a-queue-with-a-name',
    durable: true,
    arguments: fieldTable({ one: 1, inner: { deep: 'some text', flag: true }, list: [1, 'two', 3] }),
  }),
});
const body = encodeFrame({ type: 'body', channel: 1, payload: new Uint8Array(50).fill(9) });
const stream = Uint8Array.from([...body, ...declare, ...body, ...body]);

describe('the shrinker', () => {
  test('leaves the one octet that matters', async () => {
    const bytes = Uint8Array.from([...body, 0x44, ...body]);
    expect(await shrink(bytes, async candidate => candidate.includes(0x44))).toEqual(Uint8Array.of(0x44));
  });

  test('keeps the sizes around a cut consistent', async () => {
    const fails = async (candidate: Uint8Array): Promise<boolean> => {
      const decoded = decodeFrame(candidate);
      return decoded.kind === 'value' && decoded.value.type === 'method' && decoded.value.method.name === 'queue.declare' && candidate.includes(0x74);
    };
    const small = await shrink(declare, fails);
    const empty = encodeFrame({ type: 'method', channel: 0, method: method('queue.declare') });
    const pair = 3;
    expect(await fails(small)).toBe(true);
    expect(small.length).toBeLessThanOrEqual(empty.length + pair);
  });

  test('drops the frames that do not matter', async () => {
    const small = await shrink(stream, async candidate => Buffer.from(candidate).includes(Buffer.from('queue')));
    expect(Buffer.from(small).toString()).toBe('queue');
  });

  test('gives back what it was given where nothing smaller fails', async () => {
    expect(await shrink(stream, async () => false)).toEqual(stream);
  });

  test('keeps within its tries and ends when told', async () => {
    let tries = 0;
    const fails = async (): Promise<boolean> => {
      tries += 1;
      return false;
    };
    await shrink(encodeTable(fieldTable({ text: 'x'.repeat(5_000) })), fails, { triesMax: 100 });
    expect(tries).toBe(100);
    await shrink(stream, fails, { enough: () => tries >= 120 });
    expect(tries).toBe(120);
  });
});
