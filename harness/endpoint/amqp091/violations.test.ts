import { describe, expect, test } from 'vitest';
import type { RuleId } from '../../spec/catalogue.ts';
import { contentHeader } from '../../wire/amqp091/content.ts';
import { encodeRawFrame } from '../../wire/amqp091/raw-frame.ts';
import { protocolHeader091 } from '../../wire/protocol-header.ts';
import { answerTo } from './breaches.ts';
import { limits, octetsOf, reached, recorded } from './recorded.test-kit.ts';

const octets = (...values: number[]) => Uint8Array.from(values);
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const nothing = octets();
const ack = octetsOf(1, 'basic.ack');
const publish = octetsOf(1, 'basic.publish');
const header = (size: number, more: object = {}) => encodeRawFrame(2, 1, contentHeader({ bodySize: size, ...more }).raw);
const body = (size: number) => encodeRawFrame(3, 1, new Uint8Array(size));

interface Row {
  readonly what: string;
  readonly sent: Uint8Array;
  readonly rule: RuleId;
  readonly code: number;
  /** Where the violation is, in the octets sent here. */
  readonly at: number;
}

/** On a connection with channel 1 open, hard errors: what is sent, the rule, the code. */
const hard: readonly Row[] = [
  { what: 'a heartbeat on a channel', sent: encodeRawFrame(8, 1, nothing), rule: 'amqp091/4.2.7.heartbeat-channel', code: 501, at: 0 },
  { what: 'a heartbeat with payload', sent: encodeRawFrame(8, 0, octets(1)), rule: 'amqp091/4.2.7.heartbeat-format', code: 501, at: 0 },
  { what: 'a header on channel 0', sent: encodeRawFrame(2, 0, contentHeader({ bodySize: 0 }).raw), rule: 'amqp091/4.2.6.1.channel-zero', code: 504, at: 0 },
  { what: 'a body on channel 0', sent: encodeRawFrame(3, 0, nothing), rule: 'amqp091/4.2.6.1.channel-zero', code: 504, at: 0 },
  { what: 'a header on a closed channel', sent: encodeRawFrame(2, 2, nothing), rule: 'amqp091/channel.not-open', code: 504, at: 0 },
  { what: 'a body on a closed channel', sent: encodeRawFrame(3, 2, nothing), rule: 'amqp091/channel.not-open', code: 504, at: 0 },
  { what: 'a header without a method', sent: header(0), rule: 'amqp091/4.2.6.unexpected-header', code: 505, at: 0 },
  { what: 'a body without a method', sent: body(1), rule: 'amqp091/4.2.6.unexpected-body', code: 505, at: 0 },
  { what: 'a method instead of the header', sent: join(publish, ack), rule: 'amqp091/4.2.6.header-missing', code: 505, at: publish.length },
  { what: 'a body instead of the header', sent: join(publish, body(1)), rule: 'amqp091/4.2.6.unexpected-body', code: 505, at: publish.length },
  { what: 'a second header', sent: join(publish, header(2), header(2)), rule: 'amqp091/4.2.6.unexpected-header', code: 505, at: publish.length + 22 },
  {
    what: 'a method before the end of the body',
    sent: join(publish, header(2), body(1), ack),
    rule: 'amqp091/4.2.6.body-missing',
    code: 505,
    at: publish.length + 31,
  },
  { what: 'a body longer than declared', sent: join(publish, header(2), body(3)), rule: 'amqp091/4.2.6.1.body-size', code: 505, at: publish.length + 22 },
  { what: 'a body after an empty one', sent: join(publish, header(0), body(1)), rule: 'amqp091/4.2.6.unexpected-body', code: 505, at: publish.length + 22 },
  { what: 'a header of another class', sent: join(publish, header(0, { classId: 50 })), rule: 'amqp091/4.2.6.1.class-id', code: 501, at: publish.length + 7 },
  { what: 'a header with a weight', sent: join(publish, header(0, { weight: 1 })), rule: 'amqp091/4.2.6.1.weight', code: 505, at: publish.length + 9 },
  { what: 'an unknown class', sent: encodeRawFrame(1, 1, octets(0, 99, 0, 1)), rule: 'amqp091/4.2.4.class-unknown', code: 503, at: 7 },
  { what: 'an unknown method', sent: encodeRawFrame(1, 1, octets(0, 60, 0, 99)), rule: 'amqp091/4.2.4.method-unknown', code: 503, at: 9 },
  { what: 'a method without ids', sent: encodeRawFrame(1, 1, octets(0)), rule: 'amqp091/4.2.4.method-identifiers', code: 501, at: 7 },
  { what: 'a method that ends early', sent: encodeRawFrame(1, 1, octets(0, 60, 0, 80, 0)), rule: 'amqp091/4.2.4.arguments-truncated', code: 501, at: 11 },
  { what: 'a method that ends late', sent: encodeRawFrame(1, 1, octets(0, 20, 0, 41, 0)), rule: 'amqp091/4.2.4.arguments-trailing', code: 501, at: 11 },
  { what: 'a frame above frame-max', sent: encodeRawFrame(3, 1, new Uint8Array(limits.frameMax - 7)), rule: 'amqp091/4.2.3.frame-max', code: 501, at: 3 },
];

describe('a hard error of the client is answered with connection.close, and nothing but its close-ok is heard after that', () => {
  test.each(hard)('$what: $code', ({ sent, rule, code, at }) => {
    const it = reached({ role: 'server' }, 'open-ok', 'open');
    it.machine.receive(ack, 1);
    it.events.length = 0;
    it.machine.receive(sent, 1);
    const violations = it.events.filter(({ kind }) => kind === 'violation');
    expect(violations).toMatchObject([{ violation: { rule, offset: inputBefore + ack.length + at }, answer: { scope: 'connection', code } }]);
    const [close] = it.methods();
    expect(close).toMatchObject({ name: 'connection.close', args: { replyCode: code } });
    expect(it.machine.state).toBe('server-close');
    it.events.length = 0;
    it.machine.receive(join(ack, sent, publish, octetsOf(0, 'connection.close-ok')), 1);
    expect(it.heard().filter(what => what !== `violation ${rule}` || rule !== 'amqp091/4.2.3.frame-max')).toEqual(['0 connection.close-ok']);
    expect(it.closed).toBe('flush');
    expect(it.said()).toEqual([]);
  });
});

/** Octets that `reached` feeds a server before the test's own. */
const inputBefore =
  protocolHeader091.length +
  [
    octetsOf(0, 'connection.start-ok'),
    octetsOf(0, 'connection.secure-ok'),
    octetsOf(0, 'connection.tune-ok'),
    octetsOf(0, 'connection.open'),
    octetsOf(1, 'channel.open'),
  ].reduce((sum, bytes) => sum + bytes.length, 0);

describe('where frames can no longer be found there is a bare close', () => {
  test.each([
    { what: 'wrong frame-end', sent: encodeRawFrame(1, 1, octets(0, 20, 0, 41), 0xcd), rule: 'amqp091/4.2.3.frame-end' },
    { what: 'frame type 4', sent: encodeRawFrame(4, 0, nothing), rule: 'amqp091/4.2.3.frame-type' },
    { what: 'frame type 0', sent: encodeRawFrame(0, 0, nothing), rule: 'amqp091/4.2.3.frame-type' },
  ])('$what', ({ sent, rule }) => {
    const it = reached({ role: 'server' }, 'open-ok', 'open');
    it.machine.receive(join(sent, ack), 1);
    expect(it.events).toMatchObject([{ kind: 'violation', violation: { rule }, answer: 'bare-close' }]);
    expect({ closed: it.closed, said: it.said(), state: it.machine.state }).toEqual({ closed: 'flush', said: [], state: 'closed' });
    it.machine.endOfInput('eof', 2);
    it.machine.endOfInput('eof', 3);
    expect(it.heard().slice(1)).toEqual(['ended eof']);
  });
});

describe('before the connection is open every error is a bare close', () => {
  const states = ['header', 'start', 'start-ok', 'secure', 'secure-ok', 'tune', 'tune-ok'] as const;
  test.each(states.flatMap(state => hard.filter(({ at }) => at < 12).map(({ what, sent }) => ({ state, what, sent }))))(
    '$what after $state',
    ({ state, sent }) => {
      const it = reached({ role: 'server' }, state);
      it.machine.receive(sent, 1);
      expect(it.events).toMatchObject([{ kind: 'violation', answer: 'bare-close' }]);
      expect({ closed: it.closed, said: it.said() }).toEqual({ closed: 'flush', said: [] });
    },
  );

  test('a frame of 4096 octets is taken, one more is not', () => {
    const it = reached({ role: 'server', automatic: { raise: false } }, 'start');
    it.machine.receive(encodeRawFrame(1, 0, new Uint8Array(4096 - 8)), 1);
    it.machine.receive(encodeRawFrame(1, 0, new Uint8Array(4096 - 7)), 1);
    expect(it.heard()).toEqual(['violation amqp091/4.2.4.class-unknown', 'violation amqp091/4.2.3.frame-max']);
  });
});

describe('protocol headers', () => {
  const text = (value: string) => new TextEncoder().encode(value);
  test.each([
    { what: 'HTTP', sent: text('GET / HTTP/1.1\r\n\r\n'), rule: 'amqp091/4.2.2.unknown-protocol' },
    { what: 'one wrong octet', sent: text('AMQX'), rule: 'amqp091/4.2.2.unknown-protocol' },
    { what: 'AMQP 1.0', sent: join(text('AMQP'), octets(0, 1, 0, 0)), rule: 'amqp091/4.2.2.unsupported-version' },
    { what: 'AMQP 0-9', sent: join(text('AMQP'), octets(1, 1, 0, 9)), rule: 'amqp091/4.2.2.unknown-protocol' },
    { what: 'AMQP 0-8', sent: join(text('AMQP'), octets(0, 0, 8, 0)), rule: 'amqp091/4.2.2.unsupported-version' },
    { what: 'SASL of 1.0', sent: join(text('AMQP'), octets(3, 1, 0, 0)), rule: 'amqp091/4.2.2.unknown-protocol' },
  ])('$what gets ours, then the close', ({ sent, rule }) => {
    for (const cut of [1, 3, sent.length]) {
      const it = recorded({ role: 'server' });
      for (let at = 0; at < sent.length; at += cut) it.machine.receive(sent.subarray(at, at + cut), 0);
      expect(it.events).toMatchObject([{ kind: 'violation', violation: { rule }, answer: 'header-then-close' }]);
      expect({ octets: new Uint8Array(it.octets()), closed: it.closed }).toEqual({ octets: protocolHeader091, closed: 'flush' });
    }
  });

  test('a client that is answered with a header hears of it and closes', () => {
    const it = reached({ role: 'client' }, 'header');
    it.machine.receive(octets(0x41, 0x4d), 0);
    expect(it.heard()).toEqual([]);
    it.machine.receive(octets(0x51, 0x50, 0, 0, 8, 0, 1, 2, 3), 0);
    expect(it.heard()).toEqual(['protocol-header']);
    expect(it.closed).toBe('flush');
  });
});

test('octets behind the header that rejects a client are told once, however they come', () => {
  for (const cut of [8, 9, 11]) {
    const it = reached({ role: 'client', automatic: { raise: false } }, 'header');
    const sent = octets(0x41, 0x4d, 0x51, 0x50, 0, 0, 8, 0, 1, 2, 3);
    it.machine.receive(sent.subarray(0, cut), 0);
    it.machine.receive(sent.subarray(cut), 0);
    it.machine.receive(octets(4), 0);
    expect(it.heard()).toEqual(['protocol-header', 'violation amqp091/4.2.2.valid-header']);
  }
});

test('octets behind a header that is sent back are those of another protocol, and not judged', () => {
  const it = recorded({ role: 'client', automatic: { raise: false } });
  const header = octets(0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0);
  it.machine.sendBytes(header, 0);
  it.machine.receive(join(header, octets(0, 0, 0, 9, 2, 1, 0, 0, 0)), 0);
  it.machine.receive(octets(7), 0);
  expect(it.heard()).toEqual(['protocol-header']);
});

describe('answers come from the catalogue', () => {
  test.each([
    ['amqp091/4.2.3.frame-end', 'bare-close'],
    ['amqp091/4.2.2.unsupported-version', 'header-then-close'],
    ['amqp091/4.2.7.heartbeat-channel', 'connection-close'],
    ['amqp091/content-too-large', 'channel-close'],
  ] as const)('%s: %s', (rule, kind) => {
    expect(answerTo(rule, 'server').kind).toBe(kind);
  });
});

test('a machine that raises nothing tells a method out of place after its violation and goes on', () => {
  const it = reached({ role: 'client', automatic: { raise: false } }, 'tune-ok');
  it.machine.receive(octetsOf(0, 'connection.close', { replyCode: 530 }), 1);
  expect(it.heard()).toEqual(['violation amqp091/connection.sequence-before-open', '0 connection.close']);
  expect({ closed: it.closed, said: it.said() }).toEqual({ closed: undefined, said: [] });
});
