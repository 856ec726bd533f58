import { expect, test } from 'vitest';
import type { WebSocketEvent } from '../endpoint/message-socket.ts';
import type { Stream, StreamEnd } from '../endpoint/transport.ts';
import { testCertificate, testKey } from './certificate.test-kit.ts';
import { dialWebSocket } from './dial-web-socket.ts';
import { type Listening, listen } from './listen.ts';

/** A listener that sends back what comes, and what became of its streams. */
async function echoing(): Promise<{ readonly listening: Listening; readonly ends: StreamEnd[]; readonly url: string }> {
  const ends: StreamEnd[] = [];
  const accept = (stream: Stream) => stream.listen({ data: bytes => void stream.write(bytes), end: how => void ends.push(how) });
  const listening = await listen({ host: '127.0.0.1', port: 0, webSocket: {}, accept });
  return { listening, ends, url: `ws://127.0.0.1:${listening.port}/` };
}

/** Writes, and waits until so many octets have come back, or the end. */
function exchanged(stream: Stream, pieces: readonly Uint8Array[], octets: number): Promise<Uint8Array | StreamEnd> {
  return new Promise(resolve => {
    const came: Uint8Array[] = [];
    stream.listen({
      data: bytes => {
        came.push(bytes);
        const all = Buffer.concat(came);
        if (all.length >= octets) resolve(new Uint8Array(all));
      },
      end: resolve,
    });
    for (const piece of pieces) stream.write(piece);
  });
}

test('octets go and come in binary messages, whatever their size, and the drain is told', async () => {
  const { listening, url } = await echoing();
  const stream = await dialWebSocket({ url });
  const large = new Uint8Array(300_000).fill(7);
  const drained = new Promise<void>(resolve => setImmediate(() => stream.onDrain(resolve)));
  const came = await exchanged(stream, [Uint8Array.of(1, 2, 3), large], large.length + 3);
  await drained;
  expect(came.length).toBe(large.length + 3);
  expect([...(came as Uint8Array).subarray(0, 4)]).toEqual([1, 2, 3, 7]);
  stream.destroy();
  await listening.close();
});

test('an end is a closing handshake that both sides hear of', async () => {
  const { listening, ends, url } = await echoing();
  const stream = await dialWebSocket({ url });
  const ended = exchanged(stream, [], 1);
  stream.end();
  expect(await ended).toBe('eof');
  await expect.poll(() => ends).toEqual(['eof']);
  await listening.close();
});

test('a text message ends the stream', async () => {
  const { listening, ends, url } = await echoing();
  const stream = await dialWebSocket({ url, isText: () => true });
  expect(await exchanged(stream, [Buffer.from('AMQP')], 4)).toBe('eof');
  expect(ends).toEqual(['reset']);
  await listening.close();
});

test('who offers no subprotocol of AMQP is refused, and so is who wants no WebSocket', async () => {
  const { listening, url } = await echoing();
  await expect(dialWebSocket({ url, subprotocols: ['chat'] })).rejects.toMatchObject({ name: 'DialError', kind: 'handshake' });
  const { status } = await fetch(url.replace('ws:', 'http:'));
  expect(status).toBe(426);
  await listening.close();
  await expect(dialWebSocket({ url })).rejects.toMatchObject({ kind: 'refused' });
});

test('over TLS it goes as without, to who trusts the certificate', async () => {
  const [cert, key] = [testCertificate, testKey];
  const accept = (stream: Stream) => stream.listen({ data: bytes => void stream.write(bytes), end: () => {} });
  const listening = await listen({ host: '127.0.0.1', port: 0, webSocket: {}, tls: { cert, key }, accept });
  const url = `wss://localhost:${listening.port}/`;
  const stream = await dialWebSocket({ url, tls: { ca: testCertificate } });
  expect(await exchanged(stream, [Uint8Array.of(1, 2, 3)], 3)).toEqual(Uint8Array.of(1, 2, 3));
  stream.destroy();
  await expect(dialWebSocket({ url })).rejects.toMatchObject({ kind: 'certificate' });
  await expect(dialWebSocket({ url: url.replace('wss:', 'ws:') })).rejects.toMatchObject({ name: 'DialError' });
  await listening.close();
  await expect(listen({ host: '127.0.0.1', port: 0, webSocket: {}, tls: { cert: 'none', key: 'none' }, accept })).rejects.toMatchObject({
    kind: 'certificate',
  });
});

test('a listener may agree on no subprotocol, and a client tells what it saw', async () => {
  const accept = (stream: Stream) => stream.listen({ data: bytes => void stream.write(bytes), end: () => {} });
  const listening = await listen({ host: '127.0.0.1', port: 0, webSocket: { agree: () => 'none' }, accept });
  const url = `ws://127.0.0.1:${listening.port}/`;
  await expect(dialWebSocket({ url })).rejects.toMatchObject({ kind: 'handshake' });
  const seen: WebSocketEvent[] = [];
  const stream = await dialWebSocket({ url, subprotocols: [], messageOctets: 2, tell: event => void seen.push(event) });
  expect(await exchanged(stream, [Uint8Array.of(1, 2, 3)], 3)).toEqual(Uint8Array.of(1, 2, 3));
  stream.end();
  await expect.poll(() => seen.at(-1)).toEqual({ kind: 'closed', code: 1000 });
  expect(seen[0]).toEqual({ kind: 'agreed', subprotocol: '' });
  await listening.close();
});
