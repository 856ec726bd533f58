import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpValue } from '../../harness/spec/amqp10/primitives.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { arrayOf, codeOf, describedAs, encodingsOf, joined, listOf, mapOf, nestedLists, sectionOf, valueAs } from '../../harness/wire/amqp10/craft.ts';
import { canonical, comesBack, messageIn, places, returned, sectionCodes } from './echo.ts';
import { relay } from './frames.ts';

const octets = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const string = (value: string): Uint8Array => valueAs({ type: 'string', value }, 'str8-utf8');
const symbol = (value: string): Uint8Array => valueAs({ type: 'symbol', value }, 'sym8');
const ulong = (value: bigint): Uint8Array => valueAs({ type: 'ulong', value }, 'ulong');
const one = valueAs({ type: 'ubyte', value: 1 }, 'ubyte');
const two = valueAs({ type: 'ubyte', value: 2 }, 'ubyte');
const nothing = octets(codeOf('null', 'null'));
const mixed = [nothing, one, string('two'), symbol('three'), ...encodingsOf({ type: 'int', value: 4 }).map(each => each.octets), listOf([one, two])];
const many = Array.from({ length: 300 }, () => one);

/** What is alike for array encodings of one and four octets. */
const arrays = (of: Uint8Array | number, elements: readonly Uint8Array[]): readonly Uint8Array[] => [
  arrayOf(of, elements),
  arrayOf(of, elements, { wide: true }),
];

interface Compound {
  readonly slug: string;
  readonly what: string;
  readonly duty: DutyId;
  readonly values: readonly Uint8Array[];
}

const compounds: readonly Compound[] = [
  {
    slug: 'list/encodings',
    what: 'Lists, in each of their encodings',
    duty: 'amqp10/1.6.22.list:emit',
    values: [octets(codeOf('list', 'list0')), listOf([]), listOf([], { wide: true }), listOf(mixed), listOf(mixed, { wide: true }), listOf(many)],
  },
  { slug: 'list/nested', what: 'Lists in twenty lists', duty: 'amqp10/1.6.22.list:emit', values: [nestedLists(20), nestedLists(20, listOf(mixed))] },
  {
    slug: 'map/encodings',
    what: 'Maps, in each of their encodings',
    duty: 'amqp10/1.6.23.map:emit',
    values: [mapOf([]), mapOf([], { wide: true }), mapOf([string('a'), one, string('b'), nothing]), mapOf([string('a'), mapOf([one, two])], { wide: true })],
  },
  {
    slug: 'map/keys',
    what: 'Maps with keys of many types',
    duty: 'amqp10/1.6.23.map:emit',
    values: [mapOf([string('k'), one, symbol('k'), one, one, one, ulong(1n), one, octets(0x56, 1), one, listOf([one]), one])],
  },
  {
    slug: 'map/order',
    what: 'Maps, the order of their pairs included,',
    duty: 'amqp10/1.6.23.map-order:emit',
    values: [
      mapOf(['z', 'a', 'm', 'b', 'y', '1', '0'].flatMap(key => [string(key), one])),
      mapOf(Array.from({ length: 100 }, (_, at) => string(`k${(at * 37) % 100}`)).flatMap(key => [key, two])),
    ],
  },
  {
    slug: 'array/encodings',
    what: 'Arrays of several types, in each of their encodings',
    duty: 'amqp10/1.6.24.array:emit',
    values: [
      ...arrays(codeOf('uint', 'uint'), [octets(0, 0, 0, 1), octets(0xff, 0xff, 0xff, 0xff)]),
      ...arrays(codeOf('uint', 'smalluint'), [octets(1), octets(255)]),
      ...arrays(codeOf('ulong', 'ulong'), [octets(0, 0, 0, 0, 0, 0, 0, 1)]),
      ...arrays(codeOf('boolean', 'boolean'), [octets(1), octets(0), octets(1)]),
      ...arrays(codeOf('symbol', 'sym8'), [octets(1, 0x61), octets(2, 0x62, 0x63)]),
      ...arrays(codeOf('string', 'str32-utf8'), [octets(0, 0, 0, 1, 0x61), octets(0, 0, 0, 0)]),
      ...arrays(codeOf('uuid', 'uuid'), [new Uint8Array(16).fill(7)]),
    ],
  },
  {
    slug: 'array/empty',
    what: 'Arrays without elements',
    duty: 'amqp10/1.6.24.array:emit',
    values: [...arrays(codeOf('uint', 'uint'), []), ...arrays(codeOf('symbol', 'sym8'), []), ...arrays(codeOf('list', 'list8'), [])],
  },
  {
    slug: 'array/without-octets',
    what: 'Arrays of elements without octets',
    duty: 'amqp10/1.6.24.array:emit',
    values: [
      ...arrays(codeOf('boolean', 'true'), [octets(), octets(), octets()]),
      ...arrays(codeOf('uint', 'uint0'), [octets(), octets()]),
      ...arrays(codeOf('list', 'list0'), [octets(), octets()]),
      ...arrays(codeOf('null', 'null'), [octets()]),
    ],
  },
  {
    slug: 'array/nested',
    what: 'Arrays of lists, of maps and of arrays',
    duty: 'amqp10/1.6.24.array:emit',
    values: [
      ...arrays(codeOf('list', 'list8'), [listOf([one]).subarray(1), listOf([one, two]).subarray(1)]),
      ...arrays(codeOf('map', 'map8'), [mapOf([one, two]).subarray(1)]),
      ...arrays(codeOf('array', 'array8'), [arrayOf(codeOf('ubyte', 'ubyte'), [octets(1)]).subarray(1), arrayOf(codeOf('ubyte', 'ubyte'), []).subarray(1)]),
    ],
  },
  {
    slug: 'array/described',
    what: 'Arrays of described elements',
    duty: 'amqp10/1.6.24.array:emit',
    values: arrays(joined(octets(0), symbol('example:number'), octets(codeOf('ubyte', 'ubyte'))), [octets(1), octets(2)]),
  },
  {
    slug: 'described/numbers',
    what: 'Values described by numbers and symbols that mean nothing to the broker',
    duty: 'amqp10/1.1.2.described:emit',
    values: [
      describedAs(ulong(0x468c_0000_0001n), string('one')),
      describedAs(symbol('example:thing:list'), listOf(mixed)),
      describedAs(valueAs({ type: 'symbol', value: 'example:wide' }, 'sym32'), one),
      listOf([describedAs(symbol('example:in-list'), one)]),
      mapOf([string('k'), describedAs(symbol('example:in-map'), two)]),
    ],
  },
  {
    slug: 'described/twice',
    what: 'Described values of described values',
    duty: 'amqp10/1.1.2.described:emit',
    values: [describedAs(symbol('example:outer'), describedAs(symbol('example:inner'), one))],
  },
  {
    slug: 'described/reserved',
    what: 'Values with a descriptor that is neither symbol nor number',
    duty: 'amqp10/1.5.reserved-descriptor:emit',
    values: [
      describedAs(string('a string'), one),
      describedAs(one, two),
      describedAs(listOf([one]), two),
      describedAs(describedAs(symbol('example:descriptor'), symbol('example:of-descriptor')), one),
    ],
  },
];

const sequence: AmqpValue = {
  type: 'list',
  value: [
    { type: 'uint', value: 1 },
    { type: 'string', value: 'two' },
    { type: 'list', value: [] },
  ],
};

/** Types with elements, and described values: sections 1.1.2, 1.5 and 1.6.22 to 1.6.24. */
export const compound10Checks: readonly Check[] = [
  ...compounds.map(({ slug, what, duty, values }) =>
    check(`amqp10/types/${slug}`, {
      title: `${what} come back as they were sent`,
      duties: [duty],
      run: (peer: Peer) => comesBack(peer, places.body, values),
    }),
  ),
  check('amqp10/types/list/sequence', {
    title: 'The lists of a body of sequences come back as they were sent',
    duties: ['amqp10/1.6.22.list:emit'],
    async run(peer: Peer) {
      const links = await relay(peer);
      const section = sectionOf(sectionCodes.sequence, sequence);
      const { body } = await returned(peer, links, joined(section, section), 'two sequences');
      const sent = messageIn(joined(section, section)).body;
      const lists = (each: typeof body): string =>
        each?.type === 'amqp-sequence' ? each.value.map(value => canonical({ type: 'list', value })).join(' ') : (each?.type ?? 'no body');
      peer.require(lists(body) === lists(sent), `Of two sequences came back ${lists(body)}.`);
    },
  }),
];
