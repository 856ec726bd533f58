import { afterEach, describe, expect, test } from 'vitest';
import type { Stream, StreamEnd } from '../endpoint/transport.ts';
import { systemClock } from './clock.ts';
import { tcpTransport } from './dial.ts';
import { ListenError, type Listening, listen } from './listen.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serving(accept: (stream: Stream) => void): Promise<Listening> {
  const listening = await listen({ host: '127.0.0.1', port: 0, accept });
  open.push(listening);
  return listening;
}

const dial = (port: number) => tcpTransport({ host: '127.0.0.1', port }).dial();

/** All that comes until the end. */
function collected(stream: Stream): Promise<{ readonly octets: Buffer; readonly how: StreamEnd; readonly pieces: number }> {
  return new Promise(resolve => {
    const pieces: Uint8Array[] = [];
    stream.listen({ data: bytes => pieces.push(bytes), end: how => resolve({ octets: Buffer.concat(pieces), how, pieces: pieces.length }) });
  });
}

const octets = (size: number) => Uint8Array.from({ length: size }, (_, at) => at % 251);

describe('streams over sockets', () => {
  test('carry octets both ways, and one direction stays open when the other ends', async () => {
    const server = await serving(stream => {
      const pieces: Uint8Array[] = [];
      stream.listen({
        data: bytes => pieces.push(bytes),
        end: () => {
          stream.write(Buffer.concat(pieces));
          stream.end();
        },
      });
    });
    const stream = await dial(server.port);
    const back = collected(stream);
    for (let turn = 0; turn < 100; turn++) stream.write(octets(turn));
    stream.end();
    expect(await back).toMatchObject({ octets: Buffer.concat(Array.from({ length: 100 }, (_, turn) => octets(turn))), how: 'eof' });
  });

  test('send what is written in one turn in one piece', async () => {
    const came = new Promise<number>(resolve => {
      serving(stream => void collected(stream).then(({ pieces }) => resolve(pieces))).then(async ({ port }) => {
        const stream = await dial(port);
        collected(stream);
        for (let turn = 0; turn < 50; turn++) stream.write(octets(20));
        stream.end();
      });
    });
    expect(await came).toBe(1);
  });

  test('push back while the peer does not read, and say when it did', async () => {
    const accepted = new Promise<Stream>(resolve => {
      serving(stream => {
        stream.pause();
        resolve(stream);
      }).then(async ({ port }) => pour(await dial(port)));
    });
    let written = 0;
    let drained = 0;
    let full: () => void = () => {};
    const filled = new Promise<void>(resolve => {
      full = resolve;
    });
    const pour = (stream: Stream) => {
      collected(stream);
      const piece = octets(1 << 16);
      while (stream.write(piece)) written += piece.length;
      written += piece.length;
      stream.onDrain(() => {
        drained++;
        stream.end();
      });
      full();
    };
    const reader = await accepted;
    await filled;
    expect({ drained, bounded: written < 1 << 24 }).toEqual({ drained: 0, bounded: true });
    const all = collected(reader);
    reader.resume();
    expect((await all).octets.length).toBe(written);
    expect(drained).toBe(1);
  });

  test('run onDrain soon, and not within the call, where nothing is queued', async () => {
    const server = await serving(stream => void collected(stream));
    const stream = await dial(server.port);
    collected(stream);
    let now = true;
    const drained = new Promise<boolean>(resolve => stream.onDrain(() => resolve(now)));
    now = false;
    expect(await drained).toBe(false);
    stream.destroy();
  });

  test('to a peer that keeps up goes one window after the other within a turn, but not for ever', async () => {
    const server = await serving(stream => void collected(stream));
    const stream = await dial(server.port);
    collected(stream);
    const window = octets(1 << 12);
    let written = 0;
    const pour = () => {
      written += window.length;
      stream.write(window);
      stream.onDrain(pour);
    };
    pour();
    const inOneTurn = await new Promise<number>(resolve => setImmediate(() => resolve(written)));
    stream.destroy();
    expect({ more: inOneTurn > 2 * window.length, bounded: inOneTurn <= (1 << 20) + window.length }).toEqual({ more: true, bounded: true });
  });

  test('who writes nothing and asks for the drain again and again leaves others their turn, and is told nothing once the stream is destroyed', async () => {
    const server = await serving(stream => void collected(stream));
    const stream = await dial(server.port);
    collected(stream);
    let asked = 0;
    const ask = () => {
      asked += 1;
      stream.onDrain(ask);
    };
    ask();
    await new Promise(resolve => setImmediate(resolve));
    stream.destroy();
    await new Promise(resolve => setImmediate(resolve));
    const told = asked;
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
    expect({ told: told > 1, bounded: told < 5000, more: asked - told }).toEqual({ told: true, bounded: true, more: 0 });
  });

  test('a stream that is destroyed tells its user nothing more', async () => {
    const server = await serving(stream => {
      stream.listen({ data: () => stream.write(octets(10)), end: () => stream.end() });
    });
    const stream = await dial(server.port);
    const heard: string[] = [];
    stream.listen({ data: () => heard.push('octets'), end: how => heard.push(how) });
    stream.write(octets(1));
    stream.destroy();
    stream.write(octets(1));
    stream.end();
    await server.close();
    expect(heard).toEqual([]);
  });

  test('a peer that drops the connection with octets unread is a reset', async () => {
    const server = await serving(stream => {
      stream.pause();
      stream.listen({ data: () => {}, end: () => {} });
      systemClock.at(systemClock.now() + 50, () => stream.destroy());
    });
    const stream = await dial(server.port);
    const end = collected(stream);
    stream.write(octets(1 << 24));
    expect((await end).how).toBe('reset');
  });

  test('closing a listener drops its connections', async () => {
    const server = await serving(stream => void collected(stream));
    const stream = await dial(server.port);
    const end = collected(stream);
    await server.close();
    expect(['eof', 'reset']).toContain((await end).how);
  });
});

test('a listener that cannot listen says why', async () => {
  const first = await serving(() => {});
  const error = await listen({ host: '127.0.0.1', port: first.port, accept: () => {} }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ListenError);
  expect(error).toMatchObject({ kind: 'in-use', message: `127.0.0.1:${first.port} is in use by another program` });
});

describe('the system clock', () => {
  test('runs tasks no earlier than asked, never from within the call', async () => {
    const asked = systemClock.now() + 20;
    let within = true;
    const ran = await new Promise<{ readonly at: number; readonly within: boolean }>(resolve => {
      systemClock.at(asked, () => resolve({ at: systemClock.now(), within }));
      within = false;
    });
    expect(ran.within).toBe(false);
    expect(ran.at).toBeGreaterThan(asked - 2);
  });

  test('a cancelled task does not run', async () => {
    const ran: string[] = [];
    const cancel = systemClock.at(systemClock.now() + 1, () => ran.push('cancelled'));
    const far = systemClock.at(systemClock.now() + 2 ** 40, () => ran.push('far'));
    cancel();
    await new Promise<void>(resolve => {
      systemClock.at(systemClock.now() + 10, resolve);
    });
    far();
    expect(ran).toEqual([]);
  });
});
