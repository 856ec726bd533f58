import { describe, expect, test } from 'vitest';
import { createSimulation } from '../sim/simulator.ts';
import { encodeRawFrame } from '../wire/amqp091/codec.ts';
import type { ProbeChannel } from './peer.ts';
import type { Probe } from './probe.ts';
import type { Script, Stage } from './scripted-peer.ts';
import { scriptedProbe, stopOf } from './scripted-probe.ts';

interface Played<T> {
  readonly probe: Probe;
  readonly result: T;
}

async function play<T>(script: Script, run: (channel: ProbeChannel, probe: Probe) => Promise<T>): Promise<Played<T>> {
  const simulation = createSimulation({ seed: 1 });
  const probe = scriptedProbe(simulation, script);
  return simulation.run(async () => ({ probe, result: await run(await probe.channel(), probe) }));
}

describe('octets by hand', () => {
  test('are followed, so that their answers are in place', async () => {
    const { result, probe } = await play({}, async channel => {
      const open = encodeRawFrame(1, 7, Uint8Array.of(0, 20, 0, 10, 0));
      for (const octet of open) channel.connection.sendBytes(Uint8Array.of(octet));
      return channel.connection.expect(7, 'channel.open-ok');
    });
    expect(result.name).toBe('channel.open-ok');
    expect(probe.unnoticed()).toBeUndefined();
    expect(probe.context.transcript.entries().filter(entry => entry.direction === 'sent' && entry.hex.length === 2)).toHaveLength(13);
  });
});

describe('what no script asked for', () => {
  const stray = (bytes: Uint8Array): Script => ({
    'queue.declare': (_, stage) => stage.bytes(bytes),
    'queue.bind': (_, stage) => {
      stage.healthy();
      stage.bytes(bytes);
    },
  });

  test('a frame that breaks the format fails the wait with its rule', async () => {
    const stop = await stopOf(play(stray(encodeRawFrame(1, 1, Uint8Array.of(0, 50, 0, 11, 1), 0xcd)), channel => channel.queue()));
    expect(stop).toMatchObject({ kind: 'failed', rule: 'amqp091/4.2.3.frame-end', reaction: 'breach of amqp091/4.2.3.frame-end' });
  });

  test('a method out of place is a breach even when nothing waits for it', async () => {
    const openOk = encodeRawFrame(1, 9, Uint8Array.of(0, 20, 0, 11, 0, 0, 0, 0));
    const { probe } = await play(stray(openOk), channel => channel.bind('q', 'e'));
    expect(probe.unnoticed()?.why).toMatchObject({ kind: 'failed', rule: 'amqp091/channel.not-open' });
  });
});

describe('a wait', () => {
  const closes: Script = { 'basic.qos': (_, stage) => stage.reply('connection.close', { replyCode: 320, replyText: 'going\n   down' }) };

  test('names what was expected and what came, in one line', async () => {
    const stop = await stopOf(play(closes, channel => channel.call('basic.qos', {}, 'basic.qos-ok')));
    expect(stop).toMatchObject({
      kind: 'failed',
      reaction: 'connection.close 320 connection-forced',
      sentence: 'Expected basic.qos-ok on channel 1, got connection.close 320 connection-forced ("going down").',
    });
  });

  test('for the next thing tells of the end once, so that no script asks for ever', async () => {
    const stop = await stopOf(
      play({ 'basic.qos': (_, stage) => stage.end() }, async channel => {
        channel.send('basic.qos');
        for (;;) if ((await channel.connection.next()).kind === 'method') return;
      }),
    );
    expect(stop).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/^Expected anything more, got eof/) });
  });

  test('for nothing ends by its budget', async () => {
    const { result, probe } = await play({ 'basic.qos': () => {} }, async (channel, own) => {
      const begun = own.now();
      const stop = await stopOf(channel.call('basic.qos', {}, 'basic.qos-ok'));
      return { stop, waited: own.now() - begun };
    });
    expect(result).toMatchObject({ stop: { kind: 'silent', sentence: 'Expected basic.qos-ok on channel 1 within 1 s, got silence.' }, waited: 1000 });
    expect(probe.ending()).toEqual({ kind: 'open' });
  });

  test('leaves deliveries to those who ask for them', async () => {
    const { result } = await play({}, async channel => {
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'mine' });
      channel.publish({ routingKey: queue, body: 'one' });
      await channel.barrier();
      const arrival = await channel.arrival('basic.deliver');
      return [arrival.method.args.consumerTag, Buffer.from(arrival.body).toString(), channel.taken()];
    });
    expect(result).toEqual(['mine', 'one', []]);
  });

  test('at a port that speaks something else is a failure in words', async () => {
    const stop = await stopOf(play({ header: stage => stage.bytes(new TextEncoder().encode('HTTP/1.1 400 Bad Request')) }, async () => {}));
    expect(stop).toMatchObject({ kind: 'failed', sentence: expect.stringMatching(/^The peer broke amqp091\/4\.2\.3\.frame-type at octet 0/) });
  });
});

describe('a barrier', () => {
  test('fails when something came that was not to come', async () => {
    const stop = await stopOf(
      play({ 'basic.qos': (_, stage) => stage.healthy() }, async channel => {
        channel.send('basic.qos');
        await channel.barrier(['basic.qos-ok']);
      }),
    );
    expect(stop).toMatchObject({ kind: 'failed', reaction: 'basic.qos-ok' });
  });
});

describe('a quiet window', () => {
  test('is labelled in the wire log and lasts as long as it says', async () => {
    const { result, probe } = await play({}, async (_, own) => {
      const begun = own.now();
      await own.quiet(300, 'nothing is promised');
      return own.now() - begun;
    });
    expect(result).toBe(300);
    expect(probe.context.transcript.entries().flatMap(entry => entry.decoded)).toContain('quiet for 300 ms: nothing is promised');
  });
});

describe('a flood', () => {
  test('is held back rather than piled up', async () => {
    const heartbeats = Buffer.concat(Array.from({ length: 1000 }, () => encodeRawFrame(8, 0, new Uint8Array(0))));
    const pour = (stage: Stage, left: number) => {
      stage.bytes(heartbeats);
      if (left > 1) stage.after(1, () => pour(stage, left - 1));
    };
    const simulation = createSimulation({ seed: 1 });
    const probe = scriptedProbe(simulation, { 'connection.open': (_, stage) => pour(stage, 25) });
    const { piled, taken } = await simulation.run(async () => {
      const connection = await probe.open({ upTo: 'open' });
      await probe.quiet(200, 'the peer floods');
      const lying = connection.wire.inbox.items.length;
      let count = 0;
      while ((await connection.next().catch(() => undefined)) !== undefined) count += 1;
      return { piled: lying, taken: count };
    });
    expect(piled).toBeLessThanOrEqual(21_000);
    expect(taken).toBe(25_000);
  });
});

describe('a close on another channel than 0', () => {
  test('is a breach and no answer', async () => {
    const payload = [0, 10, 0, 50, 1, 64, 0, 0, 0, 0, 0];
    const closes: Script = { 'basic.qos': (_, stage) => stage.bytes(encodeRawFrame(1, 1, Uint8Array.from(payload))) };
    const departs = async (channel: ProbeChannel) => {
      channel.send('basic.qos');
      return channel.answersTo('amqp091/queue.declare.passive-missing:enforce', { answers: [{ kind: 'connection-close', code: 320, reading: 'text' }] });
    };
    expect(await stopOf(play(closes, departs))).toMatchObject({ kind: 'failed', rule: 'amqp091/4.2.3.channel-zero' });
  });
});
