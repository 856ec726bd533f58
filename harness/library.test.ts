import { connect } from 'amqplib';
import { run } from 'amqpspec';
import { frames } from 'amqpspec/arbitraries';
import { amqpFrames, messageDraft } from 'amqpspec/arbitraries/amqp10';
import { startBroker } from 'amqpspec/broker';
import * as amqp10 from 'amqpspec/codec/amqp10';
import { decodeFrame, encodeFrame, method } from 'amqpspec/codec/amqp091';
import { fuzzParser } from 'amqpspec/fuzz';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** Each entry of the package as its users import it: from what was compiled. */
describe('as a library', () => {
  test('amqpspec/broker: an in-process broker that amqplib talks to', async () => {
    await using broker = await startBroker();
    const connection = await connect(broker.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('orders');
    channel.sendToQueue('orders', Buffer.from('one'));
    await channel.waitForConfirms();
    expect(broker.queue('orders').messages.map(message => message.body.toString())).toEqual(['one']);
    await connection.close();
  });

  test('amqpspec/fuzz: a campaign against a parser', async () => {
    const { inputs, findings } = await fuzzParser({ parser: 'builtin:amqp091', seed: 7, timeMs: 60_000, inputsMax: 2_000 });
    expect({ inputs, findings }).toEqual({ inputs: 2_000, findings: [] });
  });

  test('amqpspec/broker: a fault by name', async () => {
    await using broker = await startBroker({ faults: ['chaos:nack'] });
    const connection = await connect(broker.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('orders');
    channel.sendToQueue('orders', Buffer.from('one'));
    await expect(channel.waitForConfirms()).rejects.toThrow(/nack/);
    await connection.close();
  });

  test('amqpspec: run gives the record', async () => {
    await using broker = await startBroker();
    const record = await run({ target: broker.url, only: ['amqp091/get/*'] });
    expect(record.exit.status).toBe(0);
    expect(record.summary.pass).toBe(record.summary.checks);
    expect(record.summary.checks).toBeGreaterThan(5);
  });

  test('amqpspec/codec/amqp091: a frame there and back', () => {
    const octets = encodeFrame({ type: 'method', channel: 1, method: method('queue.declare', { queue: 'orders', durable: true }) });
    const decoded = decodeFrame(octets);
    expect(decoded).toMatchObject({ kind: 'value', value: { type: 'method', channel: 1, method: { name: 'queue.declare', args: { queue: 'orders' } } } });
  });

  test('amqpspec/codec/amqp091: a violation names rule and offset', () => {
    const octets = encodeFrame({ type: 'heartbeat', channel: 0 });
    octets[7] = 0xcd;
    expect(decodeFrame(octets)).toMatchObject({ kind: 'violation', rule: 'amqp091/4.2.3.frame-end', offset: 7 });
  });

  test('amqpspec/arbitraries: every frame survives the codec', () => {
    fc.assert(
      fc.property(frames(), frame => {
        const octets = encodeFrame(frame);
        expect(decodeFrame(octets)).toMatchObject({ kind: 'value', end: octets.length });
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('amqpspec/arbitraries/amqp10: every frame and every message survives the codec', () => {
    fc.assert(
      fc.property(amqpFrames(), messageDraft(), (frame, draft) => {
        const octets = amqp10.encodeFrame(frame);
        expect(amqp10.decodeFrame(octets)).toMatchObject({ kind: 'value', end: octets.length });
        const message = amqp10.encodeMessage(draft);
        expect(amqp10.isViolation(amqp10.decodeMessage(message))).toBe(false);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
