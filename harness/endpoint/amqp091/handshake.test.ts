import { describe, expect, test } from 'vitest';
import { fieldTable, method } from '../../wire/amqp091/codec.ts';
import { protocolHeader091 } from '../../wire/protocol-header.ts';
import { amqplainClient, amqplainServer, plainClient, plainServer } from '../sasl.ts';
import { ClientHandshake, ServerHandshake } from './handshake.ts';
import type { ClientHandshakeSettings, HandshakeResult, ServerHandshakeSettings } from './negotiation.ts';
import { octetsOf, type Recorded, recorded } from './recorded.test-kit.ts';
import type { Limits } from './vocabulary.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const startOk = (args: object = {}) => octetsOf(0, 'connection.start-ok', { mechanism: 'PLAIN', response: octets('\0guest\0guest'), locale: 'en_US', ...args });
const tuneOk = (channelMax: number, frameMax: number, heartbeat: number) => octetsOf(0, 'connection.tune-ok', { channelMax, frameMax, heartbeat });
const openHost = (virtualHost: string) => octetsOf(0, 'connection.open', { virtualHost });
const offer: Limits = { channelMax: 100, frameMax: 10_000, heartbeatS: 60 };
const tells = { clientProperties: fieldTable({ capabilities: { authentication_failure_close: true } }) };

interface Played extends Recorded {
  readonly results: string[];
}

function note(results: string[], result: HandshakeResult<unknown>): void {
  if (result.kind !== 'pending') results.push(result.kind === 'failed' ? `failed: ${result.reason}` : 'done');
}

function server(more: Partial<ServerHandshakeSettings> = {}, limits = offer): Played {
  const results: string[] = [];
  const verify = ({ user, password }: { user: string; password: string }) => user === 'guest' && password === 'guest';
  const it = recorded({ role: 'server', limits }, event => note(results, handshake.handle(event, it.now)));
  const handshake = new ServerHandshake(it.machine, {
    properties: fieldTable({ product: 'test' }),
    mechanisms: [plainServer(verify), amqplainServer(verify)],
    openVirtualHost: name => (name === '/' ? 'open' : name === '/secret' ? 'refused' : 'unknown'),
    ...more,
  });
  it.machine.receive(protocolHeader091, 0);
  return { ...it, results };
}

function client(more: Partial<ClientHandshakeSettings> = {}, limits: Limits = { channelMax: 0, frameMax: 0, heartbeatS: 0 }): Played {
  const results: string[] = [];
  const it = recorded({ role: 'client', limits }, event => note(results, handshake.handle(event, it.now)));
  const login = { user: 'guest', password: 'guest' };
  const handshake = new ClientHandshake(it.machine, {
    properties: fieldTable({ product: 'test' }),
    mechanisms: [plainClient(login), amqplainClient(login)],
    virtualHost: '/',
    ...more,
  });
  handshake.begin(0);
  return { ...it, results };
}

describe('a server', () => {
  test('leads a client from header to open-ok', () => {
    const it = server();
    const [start] = it.methods();
    expect(start).toMatchObject({
      name: 'connection.start',
      args: { versionMajor: 0, versionMinor: 9, mechanisms: octets('PLAIN AMQPLAIN'), locales: octets('en_US') },
    });
    it.machine.receive(startOk(), 1);
    expect(it.methods()).toEqual([method('connection.tune', { channelMax: 100, frameMax: 10_000, heartbeat: 60 })]);
    it.machine.receive(new Uint8Array(Buffer.concat([tuneOk(50, 5000, 7), openHost('/')])), 2);
    expect(it.said()).toEqual(['0 connection.open-ok']);
    expect(it.results).toEqual(['done']);
    expect(it.machine.limits).toEqual({ channelMax: 50, frameMax: 5000, heartbeatS: 7 });
  });

  test('asks for a response that was left out', () => {
    const it = server();
    it.said();
    it.machine.receive(startOk({ response: octets('') }), 1);
    expect(it.methods()).toEqual([method('connection.secure')]);
    it.machine.receive(octetsOf(0, 'connection.secure-ok', { response: octets('\0guest\0guest') }), 2);
    expect(it.said()).toEqual(['0 connection.tune']);
  });

  test.each([
    { what: 'a wrong password', sent: [startOk({ response: octets('\0guest\0x') })], said: [], closed: 'flush' },
    {
      what: 'a wrong password after a challenge',
      sent: [startOk({ response: octets('') }), octetsOf(0, 'connection.secure-ok', { response: octets('x') })],
      said: ['0 connection.secure'],
      closed: 'flush',
    },
    {
      what: 'a wrong password of a client that wants to know',
      sent: [startOk({ ...tells, response: octets('\0guest\0x') })],
      said: ['0 connection.close'],
      closed: undefined,
    },
    { what: 'an unknown mechanism', sent: [startOk({ mechanism: 'GSSAPI' })], said: [], closed: 'flush' },
    { what: 'no mechanism', sent: [startOk({ mechanism: '' })], said: [], closed: 'flush' },
    { what: 'tune-ok without start-ok', sent: [tuneOk(0, 0, 0)], said: [], closed: 'flush' },
    { what: 'open without tune-ok', sent: [startOk(), openHost('/')], said: ['0 connection.tune'], closed: 'flush' },
    { what: 'open without anything', sent: [openHost('/')], said: [], closed: 'flush' },
    { what: 'start-ok twice', sent: [startOk(), startOk()], said: ['0 connection.tune'], closed: 'flush' },
    {
      what: 'an unknown virtual host',
      sent: [startOk(), tuneOk(0, 0, 0), openHost('/x')],
      said: ['0 connection.tune', '0 connection.close'],
      closed: undefined,
    },
    {
      what: 'a refused virtual host',
      sent: [startOk(), tuneOk(0, 0, 0), openHost('/secret')],
      said: ['0 connection.tune', '0 connection.close'],
      closed: undefined,
    },
  ])('ends with $what', ({ sent, said, closed }) => {
    const it = server();
    it.said();
    it.machine.receive(new Uint8Array(Buffer.concat(sent)), 1);
    expect({ said: it.said(), closed: it.machine.state === 'closed' ? 'flush' : undefined }).toEqual({ said, closed });
    expect(it.results).toEqual([expect.stringMatching(/^failed: /)]);
  });

  test('says 403 and 402 where it says something', () => {
    const refused = server();
    refused.methods();
    refused.machine.receive(startOk({ ...tells, response: octets('\0guest\0x') }), 1);
    expect(refused.methods()).toMatchObject([{ args: { replyCode: 403, classId: 10, methodId: 11 } }]);
    refused.machine.receive(octetsOf(0, 'connection.close-ok'), 2);
    expect(refused.machine.state).toBe('close-ok');
    const unknown = server();
    unknown.machine.receive(new Uint8Array(Buffer.concat([startOk(), tuneOk(0, 0, 0), openHost('/x')])), 1);
    expect(unknown.methods().at(-1)).toMatchObject({ name: 'connection.close', args: { replyCode: 402, classId: 10, methodId: 40 } });
  });

  test('may take its time to refuse, and lets nobody in meanwhile', () => {
    const waiting: ((now: number) => void)[] = [];
    const it = server({ afterRefusal: answer => waiting.push(answer) });
    it.said();
    it.machine.receive(startOk({ response: octets('\0guest\0x') }), 1);
    expect(it.machine.state).toBe('start-ok');
    it.machine.receive(tuneOk(0, 0, 0), 2);
    for (const answer of waiting) answer(3);
    expect({ said: it.said(), state: it.machine.state }).toEqual({ said: [], state: 'closed' });
  });

  test.each([
    { reply: [0, 0, 0], agreed: { channelMax: 100, frameMax: 10_000, heartbeatS: 0 } },
    { reply: [100, 10_000, 60], agreed: { channelMax: 100, frameMax: 10_000, heartbeatS: 60 } },
    { reply: [1, 4096, 1], agreed: { channelMax: 1, frameMax: 4096, heartbeatS: 1 } },
    { reply: [101, 0, 0], agreed: 'closed' },
    { reply: [0, 10_001, 0], agreed: 'closed' },
    { reply: [0, 4095, 0], agreed: 'closed' },
  ])('takes tune-ok $reply as $agreed', ({ reply, agreed }) => {
    const it = server();
    it.machine.receive(startOk(), 1);
    it.machine.receive(tuneOk(...(reply as [number, number, number])), 2);
    expect(it.machine.state === 'closed' ? 'closed' : it.machine.limits).toEqual(agreed);
  });

  test('an offer of zero sets no limit', () => {
    const it = server({}, { channelMax: 0, frameMax: 0, heartbeatS: 0 });
    it.machine.receive(new Uint8Array(Buffer.concat([startOk(), tuneOk(65_535, 2 ** 32 - 1, 9)])), 1);
    expect(it.machine.limits).toEqual({ channelMax: 65_535, frameMax: 2 ** 32 - 1, heartbeatS: 9 });
  });
});

describe('a client', () => {
  const start = (args: object = {}) =>
    octetsOf(0, 'connection.start', { versionMinor: 9, mechanisms: octets('EXTERNAL PLAIN'), locales: octets('en_US'), ...args });
  const tune = octetsOf(0, 'connection.tune', { channelMax: 2047, frameMax: 131_072, heartbeat: 60 });

  test('takes part up to open-ok', () => {
    const it = client({}, { channelMax: 10, frameMax: 0, heartbeatS: 5 });
    it.machine.receive(start(), 1);
    expect(it.methods()).toMatchObject([{ name: 'connection.start-ok', args: { mechanism: 'PLAIN', response: octets('\0guest\0guest'), locale: 'en_US' } }]);
    it.machine.receive(octetsOf(0, 'connection.secure'), 2);
    expect(it.said()).toEqual(['0 connection.secure-ok']);
    it.machine.receive(tune, 3);
    expect(it.methods()).toEqual([
      method('connection.tune-ok', { channelMax: 10, frameMax: 131_072, heartbeat: 5 }),
      method('connection.open', { virtualHost: '/' }),
    ]);
    it.machine.receive(octetsOf(0, 'connection.open-ok'), 4);
    expect(it.results).toEqual(['done']);
    expect(it.machine.limits).toEqual({ channelMax: 10, frameMax: 131_072, heartbeatS: 5 });
  });

  test.each([
    { upTo: 'start', said: [] },
    { upTo: 'tune', said: ['0 connection.start-ok'] },
    { upTo: 'tune-ok', said: ['0 connection.start-ok', '0 connection.tune-ok'] },
  ] as const)('stops after $upTo when told to', ({ upTo, said }) => {
    const it = client({ upTo });
    it.machine.receive(start(), 1);
    if (upTo !== 'start') it.machine.receive(tune, 2);
    expect({ said: it.said(), results: it.results }).toEqual({ said, results: ['done'] });
  });

  test.each([
    { what: 'another version', sent: start({ versionMinor: 10 }), closed: 'closed', reason: /version 0-10/ },
    { what: 'no mechanism that it knows', sent: start({ mechanisms: octets('GSSAPI') }), closed: 'closed', reason: /only GSSAPI/ },
    { what: 'a header', sent: Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0), closed: 'closed', reason: /AMQP 0-1-0-0/ },
    { what: 'a stage skipped', sent: tune, closed: 'closed', reason: /connection.tune after header/ },
  ])('gives up on $what', ({ sent, closed, reason }) => {
    const it = client();
    it.machine.receive(sent, 1);
    expect({ state: it.machine.state, said: it.said(), results: it.results }).toEqual({
      state: closed,
      said: [],
      results: [`failed: ${it.results[0]?.slice(8)}`],
    });
    expect(it.results[0]).toMatch(reason);
  });

  test('says what the server said when it is turned away', () => {
    const it = client();
    it.machine.receive(start(), 1);
    it.machine.receive(octetsOf(0, 'connection.close', { replyCode: 403, replyText: 'no' }), 2);
    expect(it.results).toEqual(['failed: the server closed the connection: 403 no']);
    expect(it.said()).toEqual(['0 connection.start-ok', '0 connection.close-ok']);
  });

  test('says when the server leaves', () => {
    const it = client();
    it.machine.receive(start(), 1);
    it.machine.endOfInput('reset', 1);
    expect(it.results).toEqual(['failed: the peer left (reset) after start-ok']);
  });
});
