import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { close, detach, discarded, end, outcome } from '../../harness/spec/amqp10/phrases.ts';
import { legalAnswers } from '../../harness/spec/ledger.ts';
import type { AmqpValue } from '../../harness/wire/amqp10/codec.ts';
import { arrayOf, codeOf, compositeAs, joined, mapOf, nestedLists, sectionOf, valueAs } from '../../harness/wire/amqp10/craft.ts';
import { canonical, messageIn, returned, sectionCodes, valueIn } from './echo.ts';
import { converses, type Form, formed, wide, widest } from './forms.ts';
import { flowing, performativeFrame, relay, unopened } from './frames.ts';

const symbols = (...names: readonly string[]): readonly Uint8Array[] => names.map(name => joined(Uint8Array.of(name.length), Buffer.from(name)));
const sym8 = codeOf('symbol', 'sym8');
const key = valueAs({ type: 'symbol', value: 'x-opt-amqpspec' }, 'sym8');

/** Ways to say which capabilities are desired. */
const several: readonly (readonly [slug: string, what: string, octets: Uint8Array, duty: 'single-value' | 'empty-array'])[] = [
  ['single', 'one symbol without an array', valueAs({ type: 'symbol', value: 'amqpspec' }, 'sym8'), 'single-value'],
  ['array-of-one', 'an array of one symbol', arrayOf(sym8, symbols('amqpspec')), 'single-value'],
  ['array', 'a wide array of two symbols', arrayOf(sym8, symbols('amqpspec', 'nothing'), { wide: true }), 'single-value'],
  ['empty', 'an array of no symbols', arrayOf(sym8, []), 'empty-array'],
  ['null', 'null', Uint8Array.of(0x40), 'empty-array'],
];

const conversations: readonly (readonly [slug: string, what: string, form: Form, duty: 'composite-descriptor' | 'trailing-null' | 'any-encoding'])[] = [
  ['symbolic', 'Composites that are described by their symbols', formed({ descriptor: 'sym8' }), 'composite-descriptor'],
  ['symbolic-wide', 'Composites that are described by their symbols in sym32', formed({ descriptor: 'sym32' }), 'composite-descriptor'],
  ['numeric-wide', 'Composites that are described by numbers of eight octets', formed({ descriptor: 'ulong' }), 'composite-descriptor'],
  ['trailing-nulls', 'Composites with all nulls at their ends', formed({ trailing: 'nulls' }), 'trailing-null'],
  ['wide-lists', 'Composites in list32', formed({ wide: true }), 'any-encoding'],
  ['widest', 'Composites all of whose fields are in their widest encodings', wide, 'any-encoding'],
];

const ruleOf = { 'composite-descriptor': '1.3.2.composite-descriptor', 'trailing-null': '1.4.trailing-null', 'any-encoding': '1.2.any-encoding' } as const;

/** Header, properties and application properties in this form, and a body. */
function message(
  form: (name: 'header' | 'properties', values: Readonly<Record<string, unknown>>) => Uint8Array,
  section: (code: number, value: AmqpValue) => Uint8Array,
) {
  const names: AmqpValue = {
    type: 'map',
    value: [
      [
        { type: 'string', value: 'a' },
        { type: 'uint', value: 1 },
      ],
    ],
  };
  const octets = Buffer.from('formed');
  return joined(
    form('header', { durable: false, priority: 4 }),
    form('properties', { subject: 'formed', correlationId: { type: 'ulong', value: 7n }, groupSequence: 3 }),
    section(0x74, names),
    section(0x75, { type: 'binary', value: octets }),
  );
}

const wideSection = (code: number, value: AmqpValue): Uint8Array => widest(valueIn(sectionOf(code, value)));
const symbolicSection = (code: number, value: AmqpValue): Uint8Array => {
  const symbol = code === 0x74 ? 'amqp:application-properties:map' : 'amqp:data:binary';
  return joined(Uint8Array.of(0), valueAs({ type: 'symbol', value: symbol }, 'sym8'), sectionOf(code, value).subarray(3));
};

const messages: readonly (readonly [slug: string, what: string, octets: Uint8Array, duty: keyof typeof ruleOf])[] = [
  [
    'symbolic',
    'A message whose sections are described by their symbols',
    message((name, values) => compositeAs(name, values as never, { descriptor: 'sym8' }), symbolicSection),
    'composite-descriptor',
  ],
  [
    'trailing-nulls',
    'A message whose header and properties end with nulls',
    message((name, values) => compositeAs(name, values as never, { trailing: 'nulls' }), sectionOf),
    'trailing-null',
  ],
  ['widest', 'A message all of whose sections are in their widest encodings', message(wide as never, wideSection), 'any-encoding'],
];

/** Composite values in all their forms: sections 1.3 and 1.4. */
export const composite10Checks: readonly Check[] = [
  ...conversations.map(([slug, what, form, duty]) =>
    check(`amqp10/types/composites/${slug}`, {
      title: `${what} are understood throughout a conversation`,
      duties: [`amqp10/${ruleOf[duty]}:emit`],
      run: (peer: Peer) => converses(peer, form),
    }),
  ),
  ...messages.map(([slug, what, octets, duty]) =>
    check(`amqp10/types/sections/${slug}`, {
      title: `${what} comes back with the same values`,
      duties: [`amqp10/${ruleOf[duty]}:emit`],
      async run(peer: Peer) {
        const links = await relay(peer);
        const sent = messageIn(octets);
        const got = await returned(peer, links, octets, 'sections in another form');
        const [property] = got.applicationProperties ?? [];
        peer.require(got.properties?.subject === sent.properties?.subject, `The subject came back as ${got.properties?.subject}.`);
        peer.require(got.properties?.correlationId?.value === 7n, `The correlation-id came back as ${got.properties?.correlationId?.value}.`);
        peer.require(got.properties?.groupSequence === 3, `The group-sequence came back as ${got.properties?.groupSequence}.`);
        peer.require(property !== undefined && canonical(property[1]) === canonical({ type: 'uint', value: 1 }), 'The application property did not come back.');
        peer.require(got.body?.type === 'data', `The body came back as ${got.body?.type}.`);
      },
    }),
  ),
  ...several.map(([slug, what, octets, duty]) =>
    check(`amqp10/types/multiple/${slug}`, {
      title: `Where several values may be, ${what} is taken`,
      duties: [`amqp10/1.3.4.${duty}:emit`],
      async run(peer: Peer) {
        const { address } = await peer.node10();
        const connection = await unopened(peer);
        const fields = { desiredCapabilities: octets };
        connection.sendBytes(performativeFrame('open', { containerId: peer.name() }, { fields }));
        await connection.expect('open');
        connection.sendBytes(performativeFrame('begin', { nextOutgoingId: 0, incomingWindow: 10, outgoingWindow: 10 }, { fields }));
        await connection.expect('begin', { channel: 0 });
        const attach = { name: peer.name(), handle: 0, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } };
        connection.sendBytes(performativeFrame('attach', attach, { fields }));
        const { performative } = await connection.expect('attach', { handle: 0 });
        peer.require(performative.source !== undefined, 'The link is refused.');
      },
    }),
  ),
  ...(['omitted', 'told'] as const).map(how =>
    check(`amqp10/types/defaults/${how}`, {
      title: `Fields whose defaults are ${how} mean the same`,
      duties: ['amqp10/1.3.4.default:emit'],
      async run(peer: Peer) {
        const { address } = await peer.node10();
        const session = await peer.session10();
        const defaults = { durable: 'none', expiryPolicy: 'session-end', timeout: 0, dynamic: false } as const;
        for (const _ of [1, 2]) {
          const { attach } = await session.receiver({ address, ...(how === 'told' && defaults) });
          const source = attach.source?.type === 'source' ? attach.source : undefined;
          peer.require(source?.address === address && source.dynamic !== true, `The source came back as ${source?.address}.`);
        }
      },
    }),
  ),
  check('amqp10/types/bounds/depth', {
    title: 'What becomes of a thousand lists in each other',
    duties: ['amqp10/1.2.bounds:permit'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const fields = { properties: mapOf([key, nestedLists(1000)]) };
      session.connection.sendBytes(performativeFrame('flow', flowing(session), { fields }, { channel: session.channel }));
      await session.answersTo('amqp10/1.2.bounds:permit', { answers: [...legalAnswers('amqp10/1.2.bounds:permit'), discarded()] });
    },
  }),
  check('amqp10/types/bounds/without-octets', {
    title: 'What becomes of an array that counts 2147483647 elements without octets',
    duties: ['amqp10/1.2.bounds:permit'],
    departs: true,
    // There are brokers that make room for all of them, and fall over.
    isolation: 'destructive',
    async run(peer: Peer) {
      const session = await peer.session10();
      const fields = { properties: mapOf([key, arrayOf(codeOf('list', 'list0'), [], { wide: true, count: 0x7fff_ffff })]) };
      session.connection.sendBytes(performativeFrame('flow', flowing(session), { fields }, { channel: session.channel }));
      await session.answersTo('amqp10/1.2.bounds:permit', { answers: [...legalAnswers('amqp10/1.2.bounds:permit'), discarded()] });
    },
  }),
  check('amqp10/types/bounds/deepest', {
    title: 'How many lists in each other are taken in the body of a message',
    duties: ['amqp10/1.2.bounds:permit'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const answers = [outcome('accepted'), outcome('rejected'), detach('any'), end('any'), close('any')];
      let deepest = 0;
      for (const depth of [8, 64, 512, 4096]) {
        const session = await peer.session10();
        const sender = await session.sender(address);
        await sender.deliver(sectionOf(sectionCodes.value, nestedLists(depth)));
        const answer = await sender.answersTo('amqp10/1.2.bounds:permit', { answers });
        if (answer.kind !== 'outcome' || answer.outcome !== 'accepted') break;
        deepest = depth;
        await session.connection.close();
      }
      peer.measure('lists in each other that a body may hold', deepest);
    },
  }),
];
