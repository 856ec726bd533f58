import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { DialError, type Stream } from '../endpoint/transport.ts';
import { testCertificate, testKey } from './certificate.test-kit.ts';
import { type DialOptions, tcpTransport } from './dial.ts';
import { listen } from './listen.ts';

const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const dial = (port: number, more: Partial<DialOptions> = {}) => tcpTransport({ host: '127.0.0.1', port, ...more }).dial();
const octets = (size: number) => Uint8Array.from({ length: size }, (_, at) => at % 251);

describe('a transport that cannot connect says why in a sentence', () => {
  async function failure(dialling: Promise<Stream>): Promise<{ readonly kind: string; readonly message: string }> {
    const error = await dialling.then(
      () => new Error('connected'),
      (reason: unknown) => reason,
    );
    return error instanceof DialError ? { kind: error.kind, message: error.message } : { kind: 'none', message: String(error) };
  }

  async function portOf(server: Server): Promise<number> {
    open.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  const plainServer = (accept: (socket: Socket) => void) =>
    portOf(
      createServer(socket => {
        socket.on('error', () => {});
        accept(socket);
      }),
    );

  function tlsServer(): Promise<number> {
    const server = createTlsServer({ key: testKey, cert: testCertificate }, socket => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    server.on('tlsClientError', () => {});
    return portOf(server);
  }

  test('refused', async () => {
    const gone = await listen({ host: '127.0.0.1', port: 0, accept: () => {} });
    await gone.close();
    expect(await failure(dial(gone.port))).toEqual({ kind: 'refused', message: `127.0.0.1:${gone.port} refused the connection: nothing listens there` });
  });

  test('unknown host', async () => {
    expect(await failure(dial(5672, { host: 'nowhere.invalid' }))).toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('nowhere.invalid:5672 could not be found'),
    });
  });

  test('no answer in time', async () => {
    const port = await plainServer(() => {});
    expect(await failure(dial(port, { tls: {}, timeoutMs: 60 }))).toEqual({ kind: 'timed-out', message: `127.0.0.1:${port} gave no answer within 0.06 s` });
  });

  test('a peer that speaks no TLS', async () => {
    const port = await plainServer(socket => socket.end('AMQP\0\0\x09\x01'));
    expect(await failure(dial(port, { tls: {} }))).toMatchObject({ kind: 'tls' });
  });

  test('a peer that leaves during the TLS handshake', async () => {
    const port = await plainServer(socket => socket.destroy());
    expect(['tls', 'reset']).toContain((await failure(dial(port, { tls: {} }))).kind);
  });

  test('a certificate that does not verify', async () => {
    const port = await tlsServer();
    expect(await failure(dial(port, { host: 'localhost', tls: {} }))).toMatchObject({
      kind: 'certificate',
      message: expect.stringContaining('does not verify'),
    });
  });

  test.each([{ ca: testCertificate }, { verify: false }])('TLS carries octets where it is trusted: $verify', async tls => {
    const stream = await dial(await tlsServer(), { host: 'localhost', tls });
    const came = new Promise<Buffer>(resolve => {
      stream.listen({ data: bytes => resolve(Buffer.from(bytes)), end: () => resolve(Buffer.alloc(0)) });
    });
    stream.write(octets(100));
    expect(await came).toEqual(Buffer.from(octets(100)));
    stream.destroy();
  });
});
