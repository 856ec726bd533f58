import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { type AmqpValue, encodeMessage, type MessageBody, type MessageDraft, type PrimitiveType } from '../../harness/wire/amqp10/codec.ts';
import { joined, mapOf, sectionOf, variableOf } from '../../harness/wire/amqp10/craft.ts';
import { bodyOf, dataOf, passage, passed, passedBy, requireSame, text } from './passage.ts';

const data = 'amqp10/3.2.6.data:emit';
const sequence = 'amqp10/3.2.7.amqp-sequence:emit';
const value = 'amqp10/3.2.8.amqp-value:emit';
const footer = 'amqp10/3.2.9.footer:emit';
const named = 'amqp10/3.2.5.application-properties:emit';

/** A value of each primitive type, at an edge where it has one. */
const values: { readonly [T in PrimitiveType]: readonly AmqpValue[] } = {
  null: [{ type: 'null', value: null }],
  boolean: [true, false].map(each => ({ type: 'boolean', value: each })),
  ubyte: [0, 255].map(each => ({ type: 'ubyte', value: each })),
  ushort: [0, 65_535].map(each => ({ type: 'ushort', value: each })),
  uint: [0, 255, 256, 4_294_967_295].map(each => ({ type: 'uint', value: each })),
  ulong: [0n, 255n, 256n, 2n ** 64n - 1n].map(each => ({ type: 'ulong', value: each })),
  byte: [-128, 127].map(each => ({ type: 'byte', value: each })),
  short: [-32_768, 32_767].map(each => ({ type: 'short', value: each })),
  int: [-2_147_483_648, -128, 127, 2_147_483_647].map(each => ({ type: 'int', value: each })),
  long: [-(2n ** 63n), -128n, 127n, 2n ** 63n - 1n].map(each => ({ type: 'long', value: each })),
  float: [0, -0.5, Number.POSITIVE_INFINITY].map(each => ({ type: 'float', value: each })),
  double: [0.1, -1e300, Number.NEGATIVE_INFINITY].map(each => ({ type: 'double', value: each })),
  decimal32: [{ type: 'decimal32', value: Buffer.from('22500001', 'hex') }],
  decimal64: [{ type: 'decimal64', value: Buffer.from('2238000000000001', 'hex') }],
  decimal128: [{ type: 'decimal128', value: Buffer.from('22080000000000000000000000000001', 'hex') }],
  char: [0x41, 0x1d11e].map(each => ({ type: 'char', value: each })),
  timestamp: [0n, -1n, 1_700_000_000_123n].map(each => ({ type: 'timestamp', value: each })),
  uuid: [{ type: 'uuid', value: Buffer.from('00112233445566778899aabbccddeeff', 'hex') }],
  binary: [new Uint8Array(0), Uint8Array.of(0, 255), new Uint8Array(300).fill(9)].map(each => ({ type: 'binary', value: each })),
  string: ['', 'text', 'ä€𝄞', 'l'.repeat(300)].map(text),
  symbol: ['', 'word', 's'.repeat(300)].map(each => ({ type: 'symbol', value: each })),
  list: [
    { type: 'list', value: [] },
    { type: 'list', value: [text('a'), { type: 'list', value: [{ type: 'null', value: null }] }] },
  ],
  map: [
    { type: 'map', value: [] },
    {
      type: 'map',
      value: [
        [text('k'), { type: 'uint', value: 1 }],
        [text('l'), { type: 'uint', value: 2 }],
        [
          { type: 'int', value: -1 },
          { type: 'map', value: [] },
        ],
      ],
    },
  ],
  array: [{ type: 'array', value: { of: 'int', descriptors: [], items: [1, -1].map(each => ({ type: 'int', value: each })) } }],
};
const compound: ReadonlySet<PrimitiveType> = new Set(['list', 'map', 'array']);
const types = Object.keys(values) as PrimitiveType[];

/** Bodies go through one after the other, each as it was. */
async function requireBodies(peer: Peer, bodies: readonly MessageBody[]): Promise<void> {
  const links = await passage(peer, { credit: bodies.length });
  for (const body of bodies) {
    const { message } = await passed(peer, { body }, links);
    peer.require(message.body?.type === body.type, `A body of ${body.type} came as ${message.body?.type ?? 'none'}.`);
    requireSame(peer, { body }, message, 'body');
  }
}

const one = (each: AmqpValue): MessageBody => ({ type: 'amqp-value', value: each });

/** Application properties, bodies and footers: sections 3.2.5 to 3.2.9. */
export const messageBody10Checks = [
  check('amqp10/message/data/one', {
    title: 'A body of one data section leaves the broker as it came, empty or not',
    duties: [data],
    run: (peer: Peer) => requireBodies(peer, [dataOf('one'), dataOf(''), { type: 'data', value: [new Uint8Array(5000).fill(255)] }]),
  }),
  check('amqp10/message/data/several', {
    title: 'A body of several data sections, empty ones among them, leaves the broker with each as it was',
    duties: [data],
    run: (peer: Peer) => requireBodies(peer, [dataOf('a', 'b', 'c'), dataOf('', 'between', ''), dataOf('', '')]),
  }),
  check('amqp10/message/sequence/one', {
    title: 'A body of one amqp-sequence leaves the broker with all of its elements, none or many',
    duties: [sequence],
    run: (peer: Peer) =>
      requireBodies(peer, [
        { type: 'amqp-sequence', value: [[]] },
        { type: 'amqp-sequence', value: [[text('a'), { type: 'uint', value: 1 }, { type: 'list', value: [] }]] },
        { type: 'amqp-sequence', value: [Array.from({ length: 300 }, (_, at) => ({ type: 'int', value: at }) as const)] },
      ]),
  }),
  check('amqp10/message/sequence/several', {
    title: 'A body of several amqp-sequences leaves the broker with each as it was',
    duties: [sequence],
    run: (peer: Peer) => requireBodies(peer, [{ type: 'amqp-sequence', value: [[text('a')], [], [text('b'), text('c')]] }]),
  }),
  ...types.map(type =>
    check(`amqp10/message/value/${type}`, {
      title: `A body that is an amqp-value of type ${type} leaves the broker as it came`,
      duties: [value],
      run: (peer: Peer) => requireBodies(peer, values[type].map(one)),
    }),
  ),
  check('amqp10/message/value/described', {
    title: 'A body that is a described value leaves the broker with its descriptor',
    duties: [value],
    run: (peer: Peer) =>
      requireBodies(peer, [
        one({ type: 'described', descriptor: { type: 'symbol', value: 'com.example:thing' }, value: text('what') }),
        one({ type: 'described', descriptor: { type: 'ulong', value: 0x1234_5678_0000_0001n }, value: { type: 'list', value: [text('a')] } }),
      ]),
  }),
  ...types
    .filter(type => !compound.has(type))
    .map(type =>
      check(`amqp10/message/application-properties/${type}`, {
        title: `Application properties of type ${type} leave the broker as they came`,
        duties: [named],
        async run(peer: Peer) {
          const sent: MessageDraft = { applicationProperties: values[type].map((each, at) => [`p${at}`, each]), ...bodyOf('named') };
          requireSame(peer, sent, (await passedBy(peer, sent)).message, 'applicationProperties');
        },
      }),
    ),
  check('amqp10/message/application-properties/many', {
    title: 'Three hundred application properties, with names in any script and of any length, leave the broker as they came',
    duties: [named],
    async run(peer: Peer) {
      const many = Array.from({ length: 300 }, (_, at) => [`name ${at}`, { type: 'int', value: at }] as const);
      const sent: MessageDraft = { applicationProperties: [...many, ['', text('')], ['ä€𝄞', text('x')], ['n'.repeat(300), text('long')]], ...bodyOf('named') };
      requireSame(peer, sent, (await passedBy(peer, sent)).message, 'applicationProperties');
    },
  }),
  ...(['list', 'map'] as const).map(type =>
    check(`amqp10/message/application-properties/${type}`, {
      title: `What comes of an application property that is a ${type} is observed`,
      duties: ['amqp10/3.2.5.application-properties:permit'],
      departs: true,
      async run(peer: Peer) {
        const { sender } = await passage(peer, { credit: 0 });
        const map = mapOf([variableOf('string', Buffer.from('name')), type === 'list' ? Uint8Array.of(0x45) : Uint8Array.of(0xc1, 1, 0)]);
        const octets = joined(sectionOf(0x74, map), encodeMessage(bodyOf('named')));
        sender.transfer({ deliveryId: 0, deliveryTag: Buffer.from('name'), messageFormat: 0 }, octets);
        await sender.answersTo('amqp10/3.2.5.application-properties:permit');
      },
    }),
  ),
  ...(['data', 'amqp-sequence', 'amqp-value'] as const).map(kind =>
    check(`amqp10/message/footer/${kind}`, {
      title: `A footer behind a body of ${kind} leaves the broker with the message`,
      duties: [footer],
      async run(peer: Peer) {
        const bodies = { data: dataOf('body'), 'amqp-sequence': { type: 'amqp-sequence', value: [[text('a')]] }, 'amqp-value': one(text('v')) } as const;
        const sent: MessageDraft = {
          body: bodies[kind],
          footer: [
            ['x-opt-sum', { type: 'ulong', value: 42n }],
            ['x-opt-hash', { type: 'binary', value: Uint8Array.of(1) }],
          ],
        };
        const { message } = await passedBy(peer, sent);
        requireSame(peer, sent, message, 'body');
        peer.require(message.footer !== undefined, 'The message came without its footer.');
        requireSame(peer, sent, message, 'footer');
      },
    }),
  ),
];
