import { describe, expect, test } from 'vitest';
import { createSimulation } from '../sim/simulator.ts';
import type { Answer } from '../spec/rule.ts';
import { encodeRawFrame, protocolHeader091 } from '../wire/amqp091/codec.ts';
import type { ProbeChannel } from './peer.ts';
import type { Probe } from './probe.ts';
import type { Script } from './scripted-peer.ts';
import { scriptedProbe, stopOf } from './scripted-probe.ts';

const duty = 'amqp091/queue.declare.passive-missing:enforce';
const notFound: readonly Answer[] = [{ kind: 'channel-close', code: 404, reading: 'text' }];
const syntax: readonly Answer[] = [
  { kind: 'connection-close', code: 502, reading: 'practice' },
  { kind: 'connection-close', code: 502, reading: 'text' },
];
const bare: readonly Answer[] = [{ kind: 'bare-close', reading: 'text' }];
const nothing: readonly Answer[] = [{ kind: 'discarded', reading: 'text' }];

interface Played<T> {
  readonly probe: Probe;
  readonly result: T;
}

async function play<T>(script: Script, run: (channel: ProbeChannel, probe: Probe) => Promise<T>, inOnePiece = false): Promise<Played<T>> {
  const simulation = createSimulation({ seed: 1 });
  const probe = scriptedProbe(simulation, script, { inOnePiece });
  return simulation.run(async () => ({ probe, result: await run(await probe.channel(), probe) }));
}

const declare = (answers: readonly Answer[]) => async (channel: ProbeChannel) => {
  channel.send('queue.declare', { queue: 'q', passive: true });
  return channel.answersTo(duty, { answers });
};

describe('an answer to a departure', () => {
  test('is legal by code and scope, and the text is named as its reading where readings agree', async () => {
    const closed = { 'queue.declare': (_: unknown, stage) => stage.reply('connection.close', { replyCode: 502, replyText: 'no' }) } satisfies Script;
    const { result, probe } = await play(closed, declare(syntax));
    expect(result).toEqual({ kind: 'connection-close', code: 502, reading: 'text' });
    expect(probe.observation).toMatchObject({ reaction: 'connection.close 502 syntax-error', ending: { kind: 'connection-closed', code: 502, text: 'no' } });
  });

  test('gets its close-ok, once', async () => {
    const heard: string[] = [];
    const closed: Script = {
      'queue.declare': (_, stage) => stage.reply('channel.close', { replyCode: 404 }),
      'channel.close-ok': () => heard.push('channel.close-ok'),
    };
    await play(closed, async (channel, probe) => {
      await declare(notFound)(channel);
      await probe.quiet(10, 'the close-ok travels');
    });
    expect(heard).toEqual(['channel.close-ok']);
  });

  test('with another code is a failure that says what was expected and what came', async () => {
    const closed: Script = { 'queue.declare': (_, stage) => stage.reply('channel.close', { replyCode: 405, replyText: 'locked' }) };
    expect(await stopOf(play(closed, declare(notFound)))).toMatchObject({
      kind: 'failed',
      duty,
      reaction: 'channel.close 405 resource-locked',
      sentence: 'Expected channel.close 404 not-found, got channel.close 405 resource-locked ("locked").',
      ending: { kind: 'channel-closed', code: 405, text: 'locked' },
    });
  });

  test('in the other scope is a failure', async () => {
    const closed: Script = { 'queue.declare': (_, stage) => stage.reply('connection.close', { replyCode: 404 }) };
    expect(await stopOf(play(closed, declare(notFound)))).toMatchObject({ kind: 'failed', reaction: 'connection.close 404 not-found' });
  });

  test('that grants the departure is a failure', async () => {
    expect(await stopOf(play({}, declare(notFound)))).toMatchObject({ kind: 'failed', reaction: 'queue.declare-ok', ending: { kind: 'open' } });
  });

  test('is looked for behind deliveries and heartbeats, which are no answers', async () => {
    const heartbeat = encodeRawFrame(8, 0, new Uint8Array(0));
    const late: Script = {
      'queue.declare': (_, stage) => {
        stage.bytes(heartbeat);
        stage.reply('channel.close', { replyCode: 404 });
      },
    };
    expect((await play(late, declare(notFound))).result.kind).toBe('channel-close');
  });
});

describe('a bare close', () => {
  test.each([
    ['eof', (stage: { end(): void; destroy(): void }) => stage.end()],
    ['reset', (stage: { end(): void; destroy(): void }) => stage.destroy()],
  ] as const)('by %s counts as closed, and which it was is recorded', async (how, act) => {
    const ends: Script = {
      'queue.declare': (_, stage) => {
        if (how === 'reset') stage.deaf();
        act(stage);
      },
    };
    const { result, probe } = await play(ends, async channel => {
      channel.send('queue.declare', { queue: 'q' });
      if (how === 'reset') channel.send('queue.declare', { queue: 'unread by a peer that is gone' });
      return channel.answersTo(duty, { answers: bare });
    });
    expect(result.kind).toBe('bare-close');
    expect(probe.observation?.reaction).toMatch(/^(eof|reset) without an answer$/);
    expect(['eof', 'reset']).toContain(probe.observation?.ending.kind);
  });

  test('where a reply code was due is a failure', async () => {
    expect(await stopOf(play({ 'queue.declare': (_, stage) => stage.end() }, declare(syntax)))).toMatchObject({
      kind: 'failed',
      reaction: 'eof without an answer',
      sentence: 'Expected connection.close 502 syntax-error, got eof without an answer.',
    });
  });
});

describe('a protocol header in answer', () => {
  const answers: readonly Answer[] = [{ kind: 'header-then-close', reading: 'text' }];
  const knock = async (_: ProbeChannel, probe: Probe) => {
    const connection = await probe.connection({ upTo: 'dial' });
    connection.sendBytes(protocolHeader091);
    return connection.answersTo('amqp091/4.2.2.unknown-protocol:enforce', { answers });
  };
  const second = (act: NonNullable<Script['header']>): Script => ({ header: stage => (stage.connection === 1 ? stage.healthy() : act(stage)) });

  test('and then the end is that answer', async () => {
    const script = second(stage => {
      stage.bytes(protocolHeader091);
      stage.end();
    });
    expect((await play(script, knock)).result.kind).toBe('header-then-close');
  });

  test('without the end is silence', async () => {
    const stop = await stopOf(
      play(
        second(stage => stage.bytes(protocolHeader091)),
        knock,
      ),
    );
    expect(stop).toMatchObject({ kind: 'silent', reaction: 'protocol header, then silence' });
  });
});

describe('silence', () => {
  test('is broken by a request on the same channel, whose answer shows that the departure was discarded', async () => {
    expect(await stopOf(play({ 'queue.declare': () => {} }, declare(notFound)))).toMatchObject({
      kind: 'failed',
      reaction: 'no answer, and the conversation went on',
    });
  });

  test('of the whole connection is silence', async () => {
    expect(await stopOf(play({ 'queue.declare': (_, stage) => stage.deaf() }, declare(notFound)))).toMatchObject({
      kind: 'silent',
      wait: 'reply',
      waitedMs: 1000,
      reaction: 'silence',
      sentence: 'Expected channel.close 404 not-found within 1 s, got silence.',
    });
  });

  test('is legal where the departure may be discarded', async () => {
    expect((await play({ 'queue.declare': () => {} }, declare(nothing))).result.kind).toBe('discarded');
  });

  test('is not broken by a channel that the limits do not allow', async () => {
    const { result } = await play({ 'basic.qos': () => {}, 'channel.flow': () => {} }, async (_, probe) => {
      const channel = await probe.channel({ channelMax: 1 });
      channel.send('basic.qos');
      const stop = await stopOf(channel.connection.answersTo(duty, { answers: notFound }));
      const sent = probe.context.transcript.entries().filter(({ connection, direction }) => connection === 2 && direction === 'sent');
      return { stop, last: sent.at(-1)?.decoded };
    });
    expect(result).toMatchObject({ stop: { kind: 'silent' }, last: [expect.stringContaining('basic.qos')] });
  });

  test('within an unfinished frame is not tested with more octets', async () => {
    const run = async (channel: ProbeChannel) => {
      channel.connection.sendBytes(encodeRawFrame(1, 1, new Uint8Array(20)).subarray(0, 12));
      return channel.answersTo(duty, { answers: notFound });
    };
    const { result } = await play({}, async (channel, probe) => {
      const stop = await stopOf(run(channel));
      const sent = probe.context.transcript.entries().filter(entry => entry.direction === 'sent');
      return { stop, last: sent.at(-1)?.hex.length };
    });
    expect(result).toMatchObject({ stop: { kind: 'silent' }, last: 24 });
  });
});

describe('a reset without an answer', () => {
  const resets: Script = {
    'basic.qos': (_, stage) => {
      stage.deaf();
      stage.after(10, () => stage.destroy());
    },
  };
  const twoPieces = async (channel: ProbeChannel) => {
    channel.send('basic.qos');
    await channel.connection.flush();
    channel.send('basic.qos');
    return channel.answersTo(duty, { answers: notFound });
  };

  test('while we were still writing says nothing about the answer', async () => {
    expect(await stopOf(play(resets, twoPieces))).toMatchObject({ kind: 'cut', reaction: 'reset without an answer' });
  });

  test('is a failure once all went in one piece', async () => {
    const stop = await stopOf(play(resets, twoPieces, true));
    expect(stop).toMatchObject({ kind: 'failed', reaction: 'eof without an answer' });
  });
});
