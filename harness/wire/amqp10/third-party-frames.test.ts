import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import {
  type Composite,
  composite,
  decodeFrame,
  decodeMessage,
  encodeMessage,
  isViolation,
  type Performative,
  performativeFrame,
  type SaslBody,
  saslBodyFrame,
} from './codec.ts';

/** rhea's own codec, which its package does not export. */
const require = createRequire(import.meta.url);
const frames: {
  read_frame(bytes: Buffer): {
    readonly channel: number;
    readonly type: number;
    readonly performative: Readonly<Record<string, unknown>>;
    readonly payload?: Buffer;
  };
  write_frame(frame: object): Buffer;
  amqp_frame(channel: number, performative: unknown, payload?: Buffer): object;
  sasl_frame(performative: unknown): object;
} = require('rhea/lib/frames.js');
const makers = frames as unknown as Readonly<Record<string, (fields: object) => object>>;
const messages: {
  encode(message: object): Buffer;
  decode(bytes: Buffer): Readonly<Record<string, unknown>>;
  data_section(data: Buffer): unknown;
  sequence_section(list: readonly unknown[]): unknown;
} = require('rhea/lib/message.js');

const tag = Buffer.from('tag');
const windows = { next_outgoing_id: 7, incoming_window: 2048, outgoing_window: 100_000 };
const ourWindows = { nextOutgoingId: 7, incomingWindow: 2048, outgoingWindow: 100_000 };

/** What rhea makes a frame body from and gives back, and what we do. */
const bodies: readonly (readonly [name: string, rheas: object, ours: Performative | SaslBody])[] = [
  [
    'open',
    {
      container_id: 'me',
      hostname: 'host',
      max_frame_size: 4096,
      channel_max: 255,
      idle_time_out: 30_000,
      offered_capabilities: ['a', 'b'],
      properties: { product: 'x', version: 3 },
    },
    composite('open', {
      containerId: 'me',
      hostname: 'host',
      maxFrameSize: 4096,
      channelMax: 255,
      idleTimeOut: 30_000,
      offeredCapabilities: ['a', 'b'],
      properties: [
        ['product', { type: 'string', value: 'x' }],
        ['version', { type: 'uint', value: 3 }],
      ],
    }),
  ],
  ['begin', { remote_channel: 0, ...windows, handle_max: 1000 }, composite('begin', { remoteChannel: 0, ...ourWindows, handleMax: 1000 })],
  [
    'attach',
    { name: 'link', handle: 0, role: true, snd_settle_mode: 1, rcv_settle_mode: 0, initial_delivery_count: 300, max_message_size: 70_000 },
    composite('attach', {
      name: 'link',
      handle: 0,
      role: 'receiver',
      sndSettleMode: 'settled',
      rcvSettleMode: 'first',
      initialDeliveryCount: 300,
      maxMessageSize: 70_000n,
    }),
  ],
  [
    'flow',
    { next_incoming_id: 1, ...windows, handle: 5, delivery_count: 6, link_credit: 256, available: 0, drain: true, echo: false },
    composite('flow', { nextIncomingId: 1, ...ourWindows, handle: 5, deliveryCount: 6, linkCredit: 256, available: 0, drain: true, echo: false }),
  ],
  [
    'transfer',
    { handle: 0, delivery_id: 1, delivery_tag: tag, message_format: 0, settled: false, more: true },
    composite('transfer', { handle: 0, deliveryId: 1, deliveryTag: new Uint8Array(tag), messageFormat: 0, settled: false, more: true }),
  ],
  ['disposition', { role: false, first: 1, last: 70_000, settled: true }, composite('disposition', { role: 'sender', first: 1, last: 70_000, settled: true })],
  ['detach', { handle: 9, closed: true }, composite('detach', { handle: 9, closed: true })],
  [
    'end',
    { error: { condition: 'amqp:not-found', description: 'no' } },
    composite('end', { error: { type: 'error', condition: 'amqp:not-found', description: 'no' } }),
  ],
  ['close', {}, composite('close')],
  ['sasl_mechanisms', { sasl_server_mechanisms: ['PLAIN', 'ANONYMOUS'] }, composite('sasl-mechanisms', { saslServerMechanisms: ['PLAIN', 'ANONYMOUS'] })],
  [
    'sasl_init',
    { mechanism: 'PLAIN', initial_response: tag, hostname: 'h' },
    composite('sasl-init', { mechanism: 'PLAIN', initialResponse: new Uint8Array(tag), hostname: 'h' }),
  ],
  ['sasl_challenge', { challenge: tag }, composite('sasl-challenge', { challenge: new Uint8Array(tag) })],
  ['sasl_response', { response: tag }, composite('sasl-response', { response: new Uint8Array(tag) })],
  ['sasl_outcome', { code: 1 }, composite('sasl-outcome', { code: 'auth' })],
];

describe('frames', () => {
  const isSasl = (value: Composite): value is SaslBody => value.type.startsWith('sasl');

  test.each(bodies)('of %s that rhea writes are read alike by us', (name, rheas, ours) => {
    const body = makers[name]?.(rheas);
    const bytes = frames.write_frame(isSasl(ours) ? frames.sasl_frame(body) : frames.amqp_frame(3, body));
    const value = isSasl(ours) ? { type: 'sasl', body: ours } : { type: 'amqp', channel: 3, performative: ours, payload: new Uint8Array(0) };
    expect(decodeFrame(new Uint8Array(bytes))).toEqual({ kind: 'value', value, end: bytes.length });
  });

  test.each(bodies)('of %s that we write are read alike by rhea', (_, rheas, ours) => {
    const frame = frames.read_frame(Buffer.from(isSasl(ours) ? saslBodyFrame(ours) : performativeFrame(3, ours as Performative)));
    expect(frame.channel).toBe(isSasl(ours) ? 0 : 3);
    const read = Object.fromEntries(Object.keys(rheas).map(key => [key, frame.performative[key]]));
    expect(JSON.parse(JSON.stringify(read))).toMatchObject(JSON.parse(JSON.stringify(rheas)));
  });
});

describe('messages', () => {
  const created = new Date(1_311_704_463_521);
  const properties = {
    message_id: 'id',
    user_id: Buffer.from('me'),
    to: 'q',
    subject: 's',
    reply_to: 'r',
    content_type: 'text/plain',
    creation_time: created,
    group_sequence: 300,
  };
  const ours = {
    messageId: { type: 'string', value: 'id' } as const,
    userId: new Uint8Array(Buffer.from('me')),
    to: 'q',
    subject: 's',
    replyTo: 'r',
    contentType: 'text/plain',
    creationTime: BigInt(created.getTime()),
    groupSequence: 300,
  };
  const header = { durable: true, priority: 9, ttl: 60_000, first_acquirer: false, delivery_count: 2 };
  const draft = {
    header: { durable: true, priority: 9, ttl: 60_000, firstAcquirer: false, deliveryCount: 2 },
    messageAnnotations: [['x-opt-a', { type: 'uint', value: 1 }]],
    properties: ours,
    applicationProperties: [
      ['number', { type: 'uint', value: 70_000 }],
      ['text', { type: 'string', value: 'Grüße' }],
      ['flag', { type: 'boolean', value: true }],
    ],
  } as const;
  const rheas = { ...header, ...properties, message_annotations: { 'x-opt-a': 1 }, application_properties: { number: 70_000, text: 'Grüße', flag: true } };
  const data = Buffer.from('hello');

  test('that rhea writes are read alike by us', () => {
    const message = decodeMessage(new Uint8Array(messages.encode({ ...rheas, body: messages.data_section(data) })));
    if (isViolation(message)) throw new Error(message.detail);
    expect(message.header).toEqual({ type: 'header', ...draft.header });
    expect(message.properties).toEqual({ type: 'properties', ...ours });
    expect(message.messageAnnotations).toEqual(draft.messageAnnotations);
    expect(message.applicationProperties).toEqual(draft.applicationProperties);
    expect(message.body).toEqual({ type: 'data', value: [new Uint8Array(data)] });
  });

  test('that we write are read alike by rhea', () => {
    const message = messages.decode(Buffer.from(encodeMessage({ ...draft, body: { type: 'data', value: [data] } })));
    expect(message).toMatchObject({ ...rheas, body: { typecode: 0x75, content: data } });
  });

  test('of any kind of body are read alike by both', () => {
    const value = messages.encode({ body: { a: 1 } });
    const sequence = messages.encode({ body: messages.sequence_section([1, 'two']) });
    const [one, two] = [decodeMessage(new Uint8Array(value)), decodeMessage(new Uint8Array(sequence))];
    expect(!isViolation(one) && one.body).toEqual({
      type: 'amqp-value',
      value: {
        type: 'map',
        value: [
          [
            { type: 'string', value: 'a' },
            { type: 'uint', value: 1 },
          ],
        ],
      },
    });
    const list = [{ type: 'uint', value: 1 } as const, { type: 'string', value: 'two' } as const];
    expect(!isViolation(two) && two.body).toEqual({ type: 'amqp-sequence', value: [list] });
    expect(messages.decode(Buffer.from(encodeMessage({ body: { type: 'amqp-sequence', value: [list] } }))).body).toMatchObject({
      typecode: 0x76,
      content: [1, 'two'],
    });
  });
});
