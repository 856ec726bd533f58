import { describe, expect, test } from 'vitest';
import { emptyFrame, protocolHeaders, saslBodyFrame } from '../../wire/amqp10/codec.ts';
import { anonymous, attached, attachOf, beginOf, flowOf, frame, joined, opened, recorded, transferOf } from './recorded.test-kit.ts';

const payload = new Uint8Array(10);
const raw = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const end = (condition: string) => [`1 end ${condition}`];
const detach = (condition: string) => [`1 detach ${condition}`];
const close = (condition: string) => [`0 close ${condition}`];

/** What a peer sends on a connection with session 1 (our channel 0) and a link of each kind; the rule it breaks; what is said to it. */
const table: readonly (readonly [name: string, octets: readonly Uint8Array[], rule: string, said: readonly string[]])[] = [
  ['a second open', [frame({ type: 'open', containerId: 'x' })], '2.4.1.open-once', close('amqp:not-allowed')],
  ['a channel above channel-max', [frame(beginOf(), 300)], '2.7.1.channel-beyond', close('amqp:connection:framing-error')],
  ['a begin on a channel in use', [frame(beginOf(), 1)], '2.5.1.channel-in-use', close('amqp:illegal-state')],
  ['a begin that answers nothing', [frame(beginOf({ remoteChannel: 0 }), 2)], '2.5.1.remote-channel', close('amqp:illegal-state')],
  ['a frame without session', [frame({ type: 'end' }, 2)], '2.5.5.unmapped-channel', close('amqp:illegal-state')],
  ['a frame with a size below its head', [raw('00000007 02000000')], '2.3.1.size', close('amqp:connection:framing-error')],
  ['a frame above max-frame-size', [raw('00010000 02000000')], '2.7.1.', close('amqp:connection:framing-error')],
  ['a frame whose body is nothing', [raw('00000009 02000001 45')], '2.3.2.performative', close('amqp:decode-error')],
  ['a handle above handle-max', [frame(attachOf('sender', { handle: 1024, name: 'n' }), 1)], '2.7.2.handle-beyond', close('amqp:connection:framing-error')],
  ['a handle in use', [frame(attachOf('sender', { name: 'n' }), 1)], '2.7.3.handle-in-use', end('amqp:session:handle-in-use')],
  [
    'a sender without initial-delivery-count',
    [frame(attachOf('sender', { name: 'n', handle: 5, initialDeliveryCount: undefined }), 1)],
    '2.7.3.initial-delivery-count',
    end('amqp:invalid-field'),
  ],
  [
    'null as a tag in an unsettled map',
    [
      frame(
        attachOf('sender', {
          name: 'n',
          handle: 5,
          unsettled: [
            [
              { type: 'null', value: null },
              { type: 'null', value: null },
            ],
          ],
        }),
        1,
      ),
    ],
    '2.7.3.unsettled-null-key',
    end('amqp:invalid-field'),
  ],
  ['a flow with an unknown handle', [frame(flowOf({ handle: 7 }), 1)], '2.7.4.unattached-handle', end('amqp:session:unattached-handle')],
  ['a transfer with an unknown handle', [frame(transferOf({ handle: 7 }), 1)], '2.7.4.unattached-handle', end('amqp:session:unattached-handle')],
  ['a detach with an unknown handle', [frame({ type: 'detach', handle: 7 }, 1)], '2.7.4.unattached-handle', end('amqp:session:unattached-handle')],
  ['a first transfer without id', [frame(transferOf({ deliveryId: undefined }), 1)], '2.7.5.delivery-id', end('amqp:invalid-field')],
  ['a first transfer without tag', [frame(transferOf({ deliveryTag: undefined }), 1)], '2.6.12.delivery-tag', end('amqp:invalid-field')],
  ['a tag of 33 octets', [frame(transferOf({ deliveryTag: new Uint8Array(33) }), 1)], '2.8.7.delivery-tag-size', end('amqp:invalid-field')],
  [
    'a flow without next-incoming-id',
    [frame(flowOf(), 1), frame(flowOf({ nextIncomingId: undefined }), 1)],
    '2.7.4.next-incoming-id',
    end('amqp:invalid-field'),
  ],
  ['a flow with credit and without handle', [frame(flowOf({ linkCredit: 5 }), 1)], '2.7.4.session-only', end('amqp:invalid-field')],
  ['a flow of a sender without delivery-count', [frame(flowOf({ handle: 0, linkCredit: 5 }), 1)], '2.7.4.sender-state', detach('amqp:invalid-field')],
  [
    'a delivery-tag twice',
    [frame(flowOf({ handle: 0, deliveryCount: 0 }), 1), frame(transferOf(), 1), frame(transferOf({ deliveryId: 1 }), 1)],
    '2.6.12.tag-unique',
    detach('amqp:not-allowed'),
  ],
  ['a delivery-id twice', [frame(transferOf(), 1), frame(transferOf({ deliveryTag: Uint8Array.of(2) }), 1)], '2.6.12.delivery-ids', end('amqp:invalid-field')],
  [
    'an unsettled delivery on a link of mode settled',
    [frame(attachOf('sender', { handle: 5, name: 'n', sndSettleMode: 'settled' }), 1), frame(transferOf({ handle: 5 }), 1)],
    '2.7.5.mode-settled',
    detach('amqp:not-allowed'),
  ],
  [
    'a settled transfer on a link of mode unsettled',
    [frame(attachOf('sender', { handle: 5, name: 'n', sndSettleMode: 'unsettled' }), 1), frame(transferOf({ handle: 5, settled: true }), 1)],
    '2.7.5.mode-unsettled',
    detach('amqp:not-allowed'),
  ],
  [
    'a delivery without credit',
    [0, 1].map(id => frame(transferOf({ deliveryId: id, deliveryTag: Uint8Array.of(id) }), 1)),
    '2.6.7.transfer-limit',
    detach('amqp:link:transfer-limit-exceeded'),
  ],
  [
    'an interleaved delivery',
    [frame(transferOf({ more: true }), 1), frame(transferOf({ deliveryId: 1, deliveryTag: Uint8Array.of(2) }), 1)],
    '2.6.14.not-interleaved',
    detach('amqp:not-allowed'),
  ],
  [
    'another id midway',
    [frame(transferOf({ more: true }), 1), frame({ type: 'transfer', handle: 0, deliveryId: 1 }, 1)],
    '2.7.5.delivery-id-changed',
    detach('amqp:not-allowed'),
  ],
  [
    'another format midway',
    [frame(transferOf({ more: true }), 1), frame({ type: 'transfer', handle: 0, messageFormat: 1 }, 1)],
    '2.7.5.format-changed',
    detach('amqp:not-allowed'),
  ],
  ['second on a link that settles first', [frame(transferOf({ rcvSettleMode: 'second' }), 1)], '2.7.5.rcv-settle-mode-illegal', detach('amqp:not-allowed')],
  [
    'a message that is too large',
    [frame(transferOf({ more: true }), 1, payload), frame(transferOf(), 1, payload)],
    '2.7.3.max-message-size',
    detach('amqp:link:message-size-exceeded'),
  ],
];

describe.each([true, false])('a server (raising: %s)', raise => {
  test.each(table)('is sent %s', (_, octets, rule, said) => {
    const it = attached(
      { role: 'server', open: { containerId: 'us', channelMax: 255, maxFrameSize: 4096 }, automatic: { raise }, bounds: { deliveryMax: 15 } },
      1,
    );
    it.machine.receive(joined(...octets), 0);
    const broken = it.events.flatMap(event => (event.kind === 'violation' ? [event.violation.rule] : []));
    expect(broken[0]).toContain(`amqp10/${rule}`);
    const expected = said.map(each => each.replace(/^1/, '0'));
    expect(it.said().filter(each => / (close|end|detach) /.test(each))).toEqual(raise ? expected : []);
  });
});

describe('before open', () => {
  test.each([
    ['another frame', joined(protocolHeaders.amqp, frame(beginOf())), '2.4.1.open-first', ['header 0', '0 open', '0 close amqp:not-allowed']],
    [
      'an open on channel 3',
      joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'x' }, 3)),
      '2.4.1.open-channel',
      ['header 0', '0 open', '0 close amqp:connection:framing-error'],
    ],
    [
      'a max-frame-size below 512',
      joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'x', maxFrameSize: 511 })),
      '2.7.1.max-frame-size-minimum',
      ['header 0', '0 open', '0 close amqp:invalid-field'],
    ],
    ['an empty frame', joined(protocolHeaders.amqp, emptyFrame), '2.4.1.open-first', ['header 0', '0 open', '0 close amqp:not-allowed']],
    [
      'an idle-time-out that nobody can keep',
      joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'x', idleTimeOut: 9 })),
      '2.4.5.unsupported',
      ['header 0', '0 open', '0 close amqp:not-allowed'],
    ],
    ['no header', Buffer.from('GET / HTTP/1.1'), '2.2.unreadable-header', ['header 0']],
    ['version 1.1.0', Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 1, 1, 0), '2.2.unsupported-version', ['header 0']],
    ['the header of TLS', protocolHeaders.tls, '5.2.header', ['header 0']],
    ['the header of SASL where there is none', protocolHeaders.sasl, '2.2.unacceptable-id', ['header 0']],
  ])('%s ends the connection', (_, octets, rule, said) => {
    const it = recorded({ role: 'server' });
    it.machine.receive(octets, 0);
    expect(it.heard().filter(kind => kind.startsWith('violation'))).toEqual([`violation amqp10/${rule}`]);
    expect([it.said(), it.closed]).toEqual([said, 'flush']);
  });

  const init = saslBodyFrame({ type: 'sasl-init', mechanism: 'NONE' }).slice();
  test.each([
    ['the plain header', [protocolHeaders.amqp], '5.3.required', ['header 3']],
    ['an unknown mechanism', [protocolHeaders.sasl, init], '5.3.2.mechanism-chosen', ['header 3', 'sasl-mechanisms', 'sasl-outcome auth']],
    [
      'a response first',
      [protocolHeaders.sasl, saslBodyFrame({ type: 'sasl-response', response: payload }).slice()],
      '5.3.2.sequence',
      ['header 3', 'sasl-mechanisms'],
    ],
    ['an outcome', [protocolHeaders.sasl, saslBodyFrame({ type: 'sasl-outcome', code: 'ok' }).slice()], '5.3.2.roles', ['header 3', 'sasl-mechanisms']],
    ['a frame of AMQP', [protocolHeaders.sasl, frame({ type: 'open', containerId: 'x' })], '5.3.bypassed', ['header 3', 'sasl-mechanisms']],
    ['a frame of 600 octets', [protocolHeaders.sasl, raw('00000258 02010000')], '5.3.1.body', ['header 3', 'sasl-mechanisms']],
  ])('a server that requires SASL is sent %s', (_, octets, rule, said) => {
    const it = recorded({ role: 'server', sasl: anonymous.server });
    it.machine.receive(joined(...octets), 0);
    expect(it.heard().filter(kind => kind.startsWith('violation'))).toEqual([`violation amqp10/${rule}`]);
    expect([it.said(), it.closed]).toEqual([said, 'flush']);
  });

  test('a client is told what the server speaks instead', () => {
    const it = recorded({ role: 'client' });
    it.machine.start(0);
    it.machine.receive(protocolHeaders.sasl, 0);
    expect(it.events.at(-1)).toMatchObject({ kind: 'refused', id: 3, version: '1.0.0' });
    expect(it.closed).toBe('flush');
  });
});

test('a violation is told with the offset of its frame in the whole input', () => {
  const it = opened({ role: 'server' });
  const before = 8 + frame({ type: 'open', containerId: 'peer' }).length;
  it.machine.receive(joined(frame(beginOf(), 1), frame(beginOf(), 1)), 0);
  expect(it.events.find(({ kind }) => kind === 'violation')).toMatchObject({
    violation: { offset: before + frame(beginOf(), 1).length },
    channel: 1,
    scope: 'connection',
  });
});
