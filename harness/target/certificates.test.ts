import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DialError } from '../endpoint/transport.ts';
import { tcpTransport } from '../net/dial.ts';
import { type Accepted, listen } from '../net/listen.ts';
import { createAuthority } from './certificates.ts';

const authority = createAuthority('amqpspec test authority');
const server = authority.issue('amqpspec test server', ['localhost', '127.0.0.1']);

describe('an authority made at run time', () => {
  test('signs certificates that verify, for servers and for clients', () => {
    const root = new X509Certificate(authority.certificate);
    const [of, client] = [new X509Certificate(server.cert), new X509Certificate(authority.issue('somebody').cert)];
    expect([root.ca, of.ca, client.ca]).toEqual([true, false, false]);
    expect(root.verify(root.publicKey) && of.verify(root.publicKey) && client.verify(root.publicKey)).toBe(true);
    expect(of.checkIssued(root) && client.checkIssued(root)).toBe(true);
    expect([of.checkHost('localhost'), of.checkIP('127.0.0.1'), of.checkHost('example.org')]).toEqual(['localhost', '127.0.0.1', undefined]);
    expect(client.subject).toBe('CN=somebody');
    expect(new Date(of.validFrom) < new Date() && new Date(of.validTo) > new Date()).toBe(true);
  });

  test('gives a server an RSA key where it reads no other', () => {
    const of = new X509Certificate(authority.issue('old server', ['localhost'], 'rsa').cert);
    expect(of.publicKey.asymmetricKeyType).toBe('rsa');
    expect(of.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  });

  test('gives each certificate a serial number and a key of its own', () => {
    const certificates = [authority.issue('a'), authority.issue('a')].map(({ cert }) => new X509Certificate(cert));
    expect(new Set(certificates.map(each => each.serialNumber)).size).toBe(2);
    expect(new Set(certificates.map(each => each.publicKey.export({ type: 'spki', format: 'pem' }))).size).toBe(2);
  });
});

describe('TLS between our own ends', () => {
  async function meet(tls: Parameters<typeof tcpTransport>[0]['tls'], more: object = {}): Promise<Omit<Accepted, 'peer'> | string> {
    let accepted: Omit<Accepted, 'peer'> | undefined;
    const accept = (stream: { listen(listener: object): void; write(bytes: Uint8Array): boolean }, of: Accepted): void => {
      const { peer: _, ...shown } = of;
      accepted = shown;
      stream.listen({ data() {}, end() {} });
      stream.write(Uint8Array.of(1));
    };
    const listening = await listen({ host: '127.0.0.1', port: 0, accept, tls: { ...server, ca: authority.certificate, ...more } });
    try {
      const stream = await tcpTransport({ host: '127.0.0.1', port: listening.port, tls: { ca: authority.certificate, ...tls } }).dial();
      const heard = await new Promise<boolean>(resolve => stream.listen({ data: () => resolve(true), end: () => resolve(false) }));
      stream.destroy();
      return heard ? (accepted ?? 'not accepted') : 'closed';
    } catch (error) {
      return error instanceof DialError ? error.kind : String(error);
    } finally {
      await listening.close();
    }
  }

  test('works without a client certificate, and with one that names its client', async () => {
    expect(await meet({})).toEqual({});
    expect(await meet(authority.issue('somebody'))).toEqual({ commonName: 'somebody' });
  });

  test('ends where another authority signed the client certificate', async () => {
    expect(await meet(createAuthority('another').issue('somebody'))).toBe('closed');
    expect(await meet(createAuthority('another').issue('somebody'), { verify: false })).toEqual({ commonName: 'somebody' });
  });

  test('is refused by our own client where the server bears another name, or another authority signed its certificate', async () => {
    expect(await meet({ serverName: 'example.org' })).toBe('certificate');
    expect(await meet({ serverName: 'localhost' })).toEqual({});
    expect(await meet({ ca: createAuthority('another').certificate })).toBe('certificate');
  });

  test('speaks the versions that both have', async () => {
    expect(await meet({ version: 'TLSv1.2' })).toEqual({});
    expect(await meet({ version: 'TLSv1.3' })).toEqual({});
    expect(await meet({ version: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' })).toBe('tls');
    expect(await meet({ version: 'TLSv1.1' })).toBe('tls');
    expect(await meet({ version: 'TLSv1.1' }, { minVersion: 'TLSv1' })).toEqual({});
  });
});
