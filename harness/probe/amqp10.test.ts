import { describe, expect, test } from 'vitest';
import { createSimulation } from '../sim/simulator.ts';
import type { MessageDraft } from '../wire/amqp10/codec.ts';
import { frameOf } from '../wire/amqp10/craft.ts';
import type { Sender10, Session10 } from './amqp10-links.ts';
import { barriers } from './barriers.ts';
import type { Probe } from './probe.ts';
import type { ProbeOptions } from './probe-options.ts';
import type { Script10, Stage10 } from './scripted-peer10.ts';
import { scriptedProbe10, stopOf } from './scripted-probe.ts';

async function play<T>(script: Script10, run: (session: Session10, probe: Probe) => Promise<T>, options: Partial<ProbeOptions> = {}): Promise<T> {
  const simulation = createSimulation({ seed: 1 });
  const probe = scriptedProbe10(simulation, script, options);
  return simulation.run(async () => run(await probe.session10(), probe));
}

const error = (condition: string) => ({ type: 'error', condition, description: 'so be it' }) as const;
const duty = 'amqp10/2.7.4.unattached-handle:enforce';
const ends = [{ kind: 'end', condition: 'amqp:session:unattached-handle', reading: 'text' }] as const;
const nothing = [{ kind: 'discarded', reading: 'text' }] as const;

describe('a healthy conversation of 1.0', () => {
  test('opens, sends, receives and closes, one call each', async () => {
    const seen = await play({}, async session => {
      const sender = await session.sender('q');
      const outcome = await sender.send('hello');
      const receiver = await session.receiver('q');
      receiver.credit(2);
      const delivery = await receiver.receive();
      delivery.accept();
      await receiver.barrier(['transfer']);
      await receiver.detach();
      await session.end();
      await session.connection.close();
      return { outcome, text: delivery.text, offers: session.connection.capability('ANONYMOUS-RELAY'), mechanisms: session.connection.mechanisms };
    });
    expect(seen).toEqual({ outcome: { type: 'accepted' }, text: 'hello', offers: true, mechanisms: ['PLAIN', 'ANONYMOUS'] });
  });

  test('cuts what it sends to the frames that the peer takes, and puts together what comes in several', async () => {
    const long = 'x'.repeat(100_000);
    const texts = await play({}, async session => {
      const sender = await session.sender('q');
      await sender.send(long);
      const receiver = await session.receiver('q', { maxMessageSize: 0n });
      receiver.credit(1);
      const delivery = await receiver.receive();
      return [delivery.text, delivery.transfers.length];
    });
    expect(texts).toEqual([long, 1]);
  });

  test('takes what comes while a receiver drains', async () => {
    const texts = await play({}, async session => {
      const sender = await session.sender('q');
      for (const text of ['a', 'b']) await sender.send(text);
      const receiver = await session.receiver('q');
      receiver.credit(5);
      return (await receiver.drain()).map(({ text }) => text);
    });
    expect(texts).toEqual(['a', 'b']);
  });

  test('tells the wire log in the words of 1.0', async () => {
    const lines = await play({}, async (_, probe) => probe.context.transcript.entries().flatMap(({ decoded }) => decoded));
    expect(lines[0]).toBe('0: protocol header AMQP 3 1 0 0 (SASL)');
    expect(lines.some(line => /^51: .*open/.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(/channel 0.* begin/);
  });

  test('that the peer refuses ends with its words', async () => {
    const refused = await play({ attach: stage => refuse(stage) }, async session => stopOf(session.sender('nowhere')));
    expect(refused).toMatchObject({
      kind: 'failed',
      reaction: 'detach amqp:not-found',
      sentence: 'Expected attach, got detach amqp:not-found ("so be it").',
      ending: { kind: 'link-detached', condition: 'amqp:not-found' },
    });
  });
});

/** Answers an attach with one that has no target, and a detach. */
function refuse({ machine, frame, now }: Stage10): true {
  const what = frame.performative;
  if (what?.type !== 'attach') throw new Error('no attach');
  machine.send(frame.channel, { type: 'attach', name: what.name, handle: 5, role: 'receiver', source: what.source }, now());
  machine.send(frame.channel, { type: 'detach', handle: 5, closed: true, error: error('amqp:not-found') }, now());
  return true;
}

describe('an answer to a departure in 1.0', () => {
  const stray = async (session: Session10, answers: Parameters<Session10['answersTo']>[1]) => {
    session.send('transfer', { handle: 9, deliveryId: 0, deliveryTag: Uint8Array.of(1) });
    return session.answersTo(duty, answers);
  };

  test('is legal by scope and condition, and is answered in kind', async () => {
    const heard: string[] = [];
    const result = await play({ end: () => heard.push('end') < 0 }, async (session, probe) => {
      const answer = await stray(session, {});
      await probe.quiet(10, 'what is under way arrives');
      return [answer, probe.observation?.reaction, probe.observation?.ending];
    });
    expect(result).toEqual([
      { kind: 'end', condition: 'amqp:session:unattached-handle', reading: 'text' },
      'end amqp:session:unattached-handle',
      { kind: 'session-ended', condition: 'amqp:session:unattached-handle' },
    ]);
    expect(heard).toEqual(['end']);
  });

  test('with another condition fails and says so', async () => {
    const script: Script10 = {
      transfer: ({ machine, frame, now }) => {
        machine.send(frame.channel, { type: 'end', error: error('amqp:internal-error') }, now());
        return true;
      },
    };
    const why = await play(script, async session => {
      session.send('attach', { name: 'l', handle: 9, role: 'sender', initialDeliveryCount: 0 });
      await session.expect('attach');
      return stopOf(stray(session, {}));
    });
    expect(why).toMatchObject({ kind: 'failed', sentence: 'Expected end amqp:session:unattached-handle, got end amqp:internal-error ("so be it").' });
  });

  test('may be none, where a request behind it is answered', async () => {
    const script: Script10 = { disposition: () => true };
    for (const barrier10 of ['echo', 'attach', { attachTo: 'q' }] as const) {
      const answer = await play(
        script,
        async session => {
          session.send('disposition', { role: 'sender', first: 7, settled: true });
          return session.answersTo('amqp10/2.7.6.unknown-delivery:permit', { answers: nothing });
        },
        { barrier10: barriers(barrier10) },
      );
      expect(answer).toEqual(nothing[0]);
    }
  });

  test('that never comes is silence, or shows that it was discarded', async () => {
    const deaf = await play({ transfer: stage => stage.deaf() ?? true }, session => stopOf(stray(session, { answers: ends })));
    expect(deaf).toMatchObject({ kind: 'silent', reaction: 'silence', wait: 'reply' });
    const quiet: Script10 = { disposition: () => true };
    const why = await play(quiet, session => {
      session.send('disposition', { role: 'sender', first: 7, settled: true });
      return stopOf(session.answersTo(duty, { answers: ends }));
    });
    expect(why).toMatchObject({ kind: 'failed', reaction: 'no answer, and the conversation went on' });
  });

  test('is a bare close where the stream ends', async () => {
    const why = await play({ transfer: stage => stage.destroy() ?? true }, session => stopOf(stray(session, { answers: ends })));
    expect(why).toMatchObject({ kind: 'failed', ending: { kind: 'eof' }, reaction: 'eof without an answer' });
  });

  test('skips the attach of a refused link', async () => {
    const answers = [{ kind: 'detach', condition: 'any', reading: 'text' }] as const;
    const answer = await play({ attach: stage => refuse(stage) }, async session => {
      session.send('attach', { name: 'l', handle: 3, role: 'sender', initialDeliveryCount: 0, target: { type: 'target', address: 'nowhere' } });
      return session.bareLink(3, 'sender').answersTo(duty, { answers });
    });
    expect(answer).toEqual(answers[0]);
  });
});

describe('the answer of a management node', () => {
  const answers = [{ kind: 'response', status: 404, reading: 'text' }] as const;
  const told = [
    { applicationProperties: [['statusCode', { type: 'int', value: 404 }]] },
    { properties: { subject: '404' } },
  ] as const satisfies readonly MessageDraft[];

  test.each(told)('is known by its status, wherever that is told', async draft => {
    const answer = await play({}, async session => {
      const receiver = await session.receiver('answers');
      receiver.credit(1);
      await receiver.barrier();
      const sender = await session.sender('answers');
      await sender.send(draft);
      receiver.credit(1);
      return session.answersTo('amqp10/2.7.4.echo:emit', { answers });
    });
    expect(answer).toEqual(answers[0]);
  });
});

describe('what the peer may not do', () => {
  test('ends the wait that stumbles over it', async () => {
    const script: Script10 = {
      flow: ({ machine, frame, now }) => {
        machine.send(frame.channel, { type: 'transfer', handle: 7, deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0 }, now());
        return true;
      },
    };
    const why = await play(script, session => stopOf(session.barrier()));
    expect(why).toMatchObject({ kind: 'failed', rule: 'amqp10/2.7.4.unattached-handle' });
  });

  test('is told at the end where no wait does', async () => {
    const unnoticed = await play({ detach: ({ bytes }) => bytes(frameOf(Uint8Array.of(1, 2, 3))) === undefined }, async (session, probe) => {
      const sender: Sender10 = await session.sender('q');
      session.send('detach', { handle: sender.handle });
      await probe.quiet(10, 'what is under way arrives');
      return probe.unnoticed()?.why.kind;
    });
    expect(unnoticed).toBe('failed');
  });
});

describe('octets sent by hand', () => {
  test('are followed by the machine, header, exchange and frames alike', async () => {
    const simulation = createSimulation({ seed: 1 });
    const probe = scriptedProbe10(simulation);
    const begun = await simulation.run(async () => {
      const connection = await probe.connection10({ upTo: 'dial' });
      connection.sendBytes(Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0));
      await connection.expectHeader();
      connection.send(0, 'open', { containerId: 'by-hand' });
      await connection.expect('open');
      connection.send(3, 'begin');
      await connection.expect('begin', { channel: 3 });
      const session = connection.bareSession(3);
      await session.barrier();
      return session.sender('q').then(sender => sender.send('hello'));
    });
    expect(begun).toEqual({ type: 'accepted' });
  });
});
