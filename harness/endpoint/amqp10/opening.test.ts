import { describe, expect, test } from 'vitest';
import { protocolHeaders, saslBodyFrame } from '../../wire/amqp10/codec.ts';
import { anonymousServer, externalClient, externalServer, plainClient, plainServer } from '../sasl.ts';
import { scramClient, scramSecret, scramServer } from '../scram.ts';
import { acceptAll, anonymous, converse, frame, joined, opened, openOctets, type Recorded, recorded } from './recorded.test-kit.ts';
import type { ClientSasl, ServerSasl } from './vocabulary.ts';

const login = { user: 'u', password: 'p' };
const secrets = { sha256: scramSecret('sha256', 'p', { iterations: 8 }), sha512: scramSecret('sha512', 'p', { iterations: 8 }) };

const serverSasl: ServerSasl = {
  role: 'server',
  required: true,
  mechanisms: [
    scramServer('sha512', user => (user === 'u' ? secrets.sha512 : undefined)),
    scramServer('sha256', user => (user === 'u' ? secrets.sha256 : undefined)),
    plainServer(({ user, password }) => user === 'u' && password === 'p'),
    externalServer('cn', () => true),
    anonymousServer('guest'),
  ],
};

function meet(mechanisms: ClientSasl['mechanisms'], pipelined: boolean, cut: number): { readonly client: Recorded; readonly server: Recorded } {
  const server = recorded({ role: 'server', sasl: serverSasl }, (event, { machine }) => acceptAll(machine, event, 0));
  const client = recorded({ role: 'client', sasl: { role: 'client', mechanisms, pipelined } });
  client.machine.start(0);
  client.machine.open(0);
  converse(client, server, 0, cut);
  return { client, server };
}

describe.each([
  [false, Number.POSITIVE_INFINITY],
  [true, Number.POSITIVE_INFINITY],
  [false, 1],
  [true, 1],
])('a client and a server (pipelined: %s, cut to %s)', (pipelined, cut) => {
  test.each([
    ['SCRAM-SHA-512', () => scramClient('sha512', login), 'u'],
    ['SCRAM-SHA-256', () => scramClient('sha256', login), 'u'],
    ['PLAIN', () => plainClient(login), 'u'],
    ['EXTERNAL', () => externalClient(), 'cn'],
    ['ANONYMOUS', () => anonymous.client.mechanisms[0], 'guest'],
  ])('meet with %s', (mechanism, make, user) => {
    const { client, server } = meet([make()], pipelined, cut);
    expect([client.machine.state, server.machine.state]).toEqual(['OPENED', 'OPENED']);
    expect(server.events.find(({ kind }) => kind === 'authenticated')).toMatchObject({ mechanism, user });
    expect(client.events.find(({ kind }) => kind === 'authenticated')).toMatchObject({ mechanism });
  });

  test.each([
    ['PLAIN', () => plainClient({ user: 'u', password: 'wrong' })],
    ['SCRAM-SHA-256', () => scramClient('sha256', { user: 'u', password: 'wrong' })],
  ])('part where the password is wrong (%s)', (_, make) => {
    const { client, server } = meet([make()], pipelined, cut);
    expect([client.heard().at(-1), client.closed, server.heard().at(-1), server.closed]).toEqual([
      'authentication-failed',
      'flush',
      'authentication-failed',
      'flush',
    ]);
    expect(server.machine.remoteOpen).toBeUndefined();
  });
});

test('a client that knows none of the mechanisms gives up', () => {
  const { client } = meet([{ name: 'OTHER', respond: () => new Uint8Array(0) }], false, 9);
  expect([client.heard().at(-1), client.closed]).toEqual(['authentication-failed', 'flush']);
});

test('a client does not trust a server that proves nothing', () => {
  const it = recorded({ role: 'client', sasl: { role: 'client', mechanisms: [scramClient('sha256', login)] } });
  it.machine.start(0);
  const mechanisms = saslBodyFrame({ type: 'sasl-mechanisms', saslServerMechanisms: ['SCRAM-SHA-256'] }).slice();
  it.machine.receive(joined(protocolHeaders.sasl, mechanisms, saslBodyFrame({ type: 'sasl-outcome', code: 'ok' }).slice()), 0);
  expect(it.events.at(-1)).toMatchObject({ kind: 'authentication-failed', reason: expect.stringContaining('did not prove') });
  expect(it.said()).toEqual(['header 3', 'sasl-init']);
});

test('a failed outcome may be said later', () => {
  let proceed = (_now: number): void => {};
  const it = recorded({ role: 'server', sasl: { ...serverSasl, afterRefusal: go => (proceed = go) } });
  const init = saslBodyFrame({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: Buffer.from('\0u\0no') }).slice();
  it.machine.receive(joined(protocolHeaders.sasl, init), 0);
  expect(it.said()).toEqual(['header 3', 'sasl-mechanisms']);
  proceed(7);
  expect([it.said(), it.closed]).toEqual([['sasl-outcome auth'], 'flush']);
});

describe('idle time-outs', () => {
  const idle = () => {
    const it = opened({ role: 'server', open: { containerId: 's', idleTimeOut: 1000 } });
    return it;
  };

  test('a peer that wants to hear something gets empty frames at half of its time', () => {
    const it = recorded({ role: 'server' }, (event, { machine }) => acceptAll(machine, event, 0));
    it.machine.receive(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'c', idleTimeOut: 800 })), 0);
    it.octets();
    expect(it.wake).toBe(400);
    it.machine.tick(400);
    expect([it.said(), it.wake]).toEqual([['empty'], 800]);
  });

  test('a silent peer is told so, and then left', () => {
    const it = idle();
    it.machine.tick(1999);
    expect([it.said(), it.wake]).toEqual([[], 2000]);
    it.machine.tick(2000);
    expect([it.said(), it.heard(), it.wake]).toEqual([['0 close amqp:resource-limit-exceeded'], ['peer-silent'], 4000]);
    it.machine.tick(4000);
    expect(it.closed).toBe('abort');
  });

  test('silence while we do not read proves nothing', () => {
    const it = idle();
    it.machine.holdInput(true, 100);
    expect(it.wake).toBeUndefined();
    it.machine.holdInput(false, 5000);
    expect(it.wake).toBe(7000);
  });

  test('a close that is not answered in time is given up', () => {
    const it = opened({ role: 'client', closeWithinMs: 50 });
    it.machine.close(10);
    expect(it.wake).toBe(60);
    it.machine.tick(60);
    expect(it.closed).toBe('abort');
  });
});

test('what is closed is answered before it was opened, too', () => {
  const it = recorded({ role: 'server' });
  it.machine.receive(joined(protocolHeaders.amqp, openOctets, frame({ type: 'close' })), 0);
  expect([it.said(), it.machine.state, it.closed]).toEqual([['header 0', '0 open', '0 close'], 'END', 'flush']);
});
