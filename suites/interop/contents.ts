import type { Message, Value, Values } from '../../harness/interop/protocol.ts';
import { type Case, type PairKind, type Scene, text } from '../../harness/interop/scene.ts';
import type { RuleId } from '../../harness/spec/catalogue.ts';

const octets = (length: number): string => Buffer.from(Array.from({ length }, (_, at) => at % 256)).toString('hex');
const uuid = '123e4567-e89b-12d3-a456-426614174000';
const moment: Value = ['timestamp', '1700000000000'];
const later: Value = ['timestamp', '4102444800000'];
const symbols: Value = [
  'array',
  'symbol',
  [
    ['symbol', 'one'],
    ['symbol', 'two'],
  ],
];

/** Each simple type, at an end of its range or so that a narrower one would not do. */
const simple = {
  boolean: ['boolean', true],
  ubyte: ['ubyte', '255'],
  ushort: ['ushort', '65535'],
  uint: ['uint', '4294967295'],
  ulong: ['ulong', '18446744073709551615'],
  byte: ['byte', '-128'],
  short: ['short', '-32768'],
  int: ['int', '-2147483648'],
  long: ['long', '-9007199254740991'],
  float: ['float', 1.5],
  double: ['double', -2.25],
  decimal32: ['decimal32', '2240000f'],
  decimal64: ['decimal64', '223400000000000f'],
  decimal128: ['decimal128', '220c000000000000000000000000000f'],
  char: ['char', 955],
  timestamp: moment,
  uuid: ['uuid', uuid],
  binary: ['binary', '00ff80'],
  string: ['string', 'Grüße, 世界'],
  symbol: ['symbol', 'a-symbol'],
  null: ['null'],
} as const satisfies Values;

/** Field types of 0-9-1. */
const fields = {
  boolean: simple.boolean,
  byte: simple.byte,
  short: simple.short,
  int: simple.int,
  long: simple.long,
  float: simple.float,
  double: simple.double,
  decimal: ['decimal', 2, '12345'],
  timestamp: moment,
  binary: simple.binary,
  string: simple.string,
  null: simple.null,
  list: [
    'list',
    [
      ['string', 'a'],
      ['boolean', false],
    ],
  ],
  map: [
    'map',
    [
      [
        ['string', 'inner'],
        ['string', 'value'],
      ],
    ],
  ],
} as const satisfies Values;

const composite = {
  list: ['list', [['int', '1'], ['string', 'two'], ['null']]],
  map: [
    'map',
    [
      [
        ['string', 'key'],
        ['int', '7'],
      ],
    ],
  ],
  'array-int': [
    'array',
    'int',
    [
      ['int', '1'],
      ['int', '-70000'],
    ],
  ],
  'array-symbol': symbols,
} as const satisfies Values;

/** A message goes through as it is. */
const through = (id: string, title: string, rules: Case['rules'], message: Message | ((scene: Scene) => Message)): Case => ({
  id,
  title,
  rules,
  async run(scene) {
    const sent = typeof message === 'function' ? message(scene) : message;
    await scene.send(sent);
    await scene.takeAs(sent);
  },
});

const withBody = { body: text('content').body } as const;

const properties091: Values = {
  'content-type': ['string', 'text/plain'],
  'content-encoding': ['string', 'gzip'],
  'correlation-id': ['string', 'c-1'],
  'reply-to': ['string', 'answers'],
  expiration: ['string', '60000'],
  'message-id': ['string', 'm-1'],
  timestamp: moment,
  type: ['string', 'order'],
  'app-id': ['string', 'shop'],
};

const properties10: Values = {
  'message-id': ['string', 'm-1'],
  to: ['string', 'somewhere'],
  subject: ['string', 'order'],
  'reply-to': ['string', 'answers'],
  'correlation-id': ['string', 'c-1'],
  'content-type': ['symbol', 'text/plain'],
  'content-encoding': ['symbol', 'gzip'],
  'absolute-expiry-time': later,
  'creation-time': moment,
  'group-id': ['string', 'g'],
  'group-sequence': ['uint', '7'],
  'reply-to-group-id': ['string', 'h'],
};

/** What the two protocols both have, under names of their own. */
const propertiesAcross: Values = {
  'message-id': ['string', 'm-1'],
  'correlation-id': ['string', 'c-1'],
  'content-type': ['string', 'text/plain'],
  'content-encoding': ['string', 'gzip'],
  'reply-to': ['string', 'answers'],
};

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const properties = (values: Values, kind: PairKind, rule: RuleId | 'observed'): readonly Case[] =>
  Object.entries(values).map(([name, value]) =>
    through(`property/${name}`, `The property ${name} comes as it was sent`, { [kind]: rule }, { ...withBody, properties: { [camel(name)]: value } }),
  );

const applications = (values: Values, kind: PairKind, rule: RuleId | 'observed'): readonly Case[] =>
  Object.entries(values).map(([name, value]) => {
    const title = `${kind === '0-9-1' ? 'A header' : 'An application property'} of type ${name} comes as it was sent`;
    return through(`application/${name}`, title, { [kind]: rule }, { ...withBody, application: { it: value } });
  });

const bodies = (values: Values, rule: RuleId): readonly Case[] =>
  Object.entries(values).map(([name, value]) =>
    through(`body/value-${name}`, `A body that is one value of type ${name} comes as it was sent`, { '1.0': rule }, { body: { value } }),
  );

const data = { '0-9-1': 'amqp091/3.1.1.body-intact', '1.0': 'amqp10/3.2.6.data', across: 'consumer' } as const;
const flags = { '0-9-1': 'amqp091/3.1.1.properties-intact', '1.0': 'amqp10/3.2.1.durable-kept', across: 'observed' } as const;

const bodyCases: readonly Case[] = [
  through('body/octets', 'A body of every octet comes as it was sent', data, { body: { data: [octets(256)] } }),
  through('body/empty', 'An empty body comes as it was sent', { ...data, across: 'observed' }, { body: { data: [''] } }),
  through('body/large', 'A body of 300,000 octets, in many frames, comes as it was sent', data, { body: { data: [octets(300_000)] } }),
  through('body/data-many', 'A body of several data sections comes as it was sent', { '1.0': data['1.0'] }, { body: { data: ['01', '', '0203'] } }),
  through(
    'body/sequence',
    'A body that is a sequence comes as it was sent',
    { '1.0': 'amqp10/3.2.7.amqp-sequence' },
    { body: { sequence: [[simple.int, simple.string]] } },
  ),
  through(
    'body/sequence-many',
    'A body of several sequences comes as it was sent',
    { '1.0': 'amqp10/3.2.7.amqp-sequence' },
    { body: { sequence: [[simple.int], [simple.string, simple.boolean]] } },
  ),
  ...bodies({ ...simple, ...composite }, 'amqp10/3.2.8.amqp-value'),
];

const typedIds: Values = { ulong: ['ulong', '9007199254740991'], uuid: simple.uuid, binary: simple.binary };

const idCases: readonly Case[] = Object.entries(typedIds).map(([name, value]) =>
  through(
    `property/message-id-${name}`,
    `A message-id and a correlation-id of type ${name} come as they were sent`,
    { '1.0': 'amqp10/3.2.4.message-id-types' },
    { ...withBody, properties: { messageId: value, correlationId: value } },
  ),
);

const userId = (kind: PairKind, rule: RuleId): Case =>
  through('property/user-id', 'The user-id comes as it was sent', { [kind]: rule }, ({ stage: { user } }) => {
    const id: Value = kind === '0-9-1' ? ['string', user] : ['binary', Buffer.from(user).toString('hex')];
    return { ...withBody, properties: { userId: id } };
  });

export const contentCases: readonly Case[] = [
  ...bodyCases,
  through('header/durable', 'The durable flag, or delivery-mode, comes as it was sent', flags, { ...withBody, header: { durable: true } }),
  through('header/priority', 'The priority comes as it was sent', flags, { ...withBody, header: { priority: 7 } }),
  ...properties(properties091, '0-9-1', 'amqp091/3.1.1.properties-intact'),
  userId('0-9-1', 'amqp091/3.1.1.properties-intact'),
  ...properties(properties10, '1.0', 'amqp10/3.2.4.properties-unaltered'),
  userId('1.0', 'amqp10/3.2.4.properties-unaltered'),
  ...idCases,
  ...properties(propertiesAcross, 'across', 'observed'),
  ...applications(fields, '0-9-1', 'amqp091/3.1.1.properties-intact'),
  ...applications(simple, '1.0', 'amqp10/3.2.5.application-properties'),
  ...applications({ ...fields }, 'across', 'observed').filter(({ id }) => !/(decimal|list|map)$/.test(id)),
  through(
    'annotation/optional',
    'A message annotation whose key begins with x-opt- comes as it was sent',
    { '1.0': 'amqp10/3.2.3.message-annotations' },
    { ...withBody, annotations: { 'x-opt-interop': ['string', 'kept'] } },
  ),
];
