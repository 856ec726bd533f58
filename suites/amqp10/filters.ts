import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { Stop } from '../../harness/probe/stop.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import type { AmqpValue, MessageDraft } from '../../harness/wire/amqp10/codec.ts';

const key = 'amqpspec';
const text = (value: string): AmqpValue => ({ type: 'string', value });
const long = (value: number): AmqpValue => ({ type: 'long', value: BigInt(value) });
const double = (value: number): AmqpValue => ({ type: 'double', value });
const nothing: AmqpValue = { type: 'null', value: null };
const symbols = (fields: Readonly<Record<string, AmqpValue>>): AmqpValue => ({
  type: 'map',
  value: Object.entries(fields).map(([name, value]) => [{ type: 'symbol', value: name }, value] as const),
});
const strings = (fields: Readonly<Record<string, AmqpValue>>): AmqpValue => ({
  type: 'map',
  value: Object.entries(fields).map(([name, value]) => [text(name), value] as const),
});

type Filter = Extract<AmqpValue, { readonly type: 'described' }>;
const filter = (descriptor: string, value: AmqpValue): Filter => ({ type: 'described', descriptor: { type: 'symbol', value: descriptor }, value });
const selector = (value: string): Filter => filter('apache.org:selector-filter:string', text(value));
const sql = (value: string): Filter => filter('amqp:sql-filter', text(value));
const direct = (value: string): Filter => filter('apache.org:legacy-amqp-direct-binding:string', text(value));
const topic = (value: string): Filter => filter('apache.org:legacy-amqp-topic-binding:string', text(value));
const properties = (fields: Readonly<Record<string, AmqpValue>>): Filter => filter('amqp:properties-filter', symbols(fields));
const applicationProperties = (fields: Readonly<Record<string, AmqpValue>>): Filter => filter('amqp:application-properties-filter', strings(fields));

/** A message that bears its own name as its body. */
const named = (name: string, draft: MessageDraft = {}): MessageDraft => ({ ...draft, body: { type: 'amqp-value', value: text(name) } });
const having = (name: string, fields: Readonly<Record<string, AmqpValue>>): MessageDraft =>
  named(name, { applicationProperties: Object.entries(fields).map(([field, value]) => [field, value] as const) });
const about = (name: string, subject: string): MessageDraft => named(name, { properties: { subject } });

/** A filter of a type that nobody knows. */
const nonsense = filter('amqpspec:no-such-filter', text('nothing'));

/** Whether the answer says that the filter is in place. */
function isInPlace({ attach: { source } }: Receiver10): boolean {
  return source?.type === 'source' && source.filter?.some(([name, value]) => name === key && value.type !== 'null') === true;
}

/** Attaches with a filter; ends the check where the broker refuses it as unknown, or leaves it out. */
async function filtered(peer: Peer, session: Session10, address: string, asked: Filter): Promise<Receiver10> {
  const receiver = await attempted(session, address, asked);
  if (receiver === 'amqp:not-implemented') peer.unsupported('The broker refuses the filter: amqp:not-implemented.');
  peer.require(typeof receiver === 'object', `A link with a filter is refused: ${String(receiver)}.`);
  if (!isInPlace(receiver)) peer.unsupported('The broker leaves the filter out of its answer.');
  const other = await attempted(await peer.session10(), address, nonsense);
  if (typeof other === 'object' && isInPlace(other)) peer.unsupported('The broker says of every filter that it is in place.');
  return receiver;
}

/** The link, or the condition that it was refused with. */
async function attempted(session: Session10, address: string, asked: Filter): Promise<Receiver10 | string> {
  try {
    return await session.receiver({ address, filter: [[key, asked]] });
  } catch (error) {
    if (error instanceof Stop && error.why.kind === 'failed' && 'condition' in error.why.ending) return error.why.ending.condition;
    throw error;
  }
}

interface Case {
  readonly filter: Filter;
  readonly messages: readonly MessageDraft[];
  /** Names of the messages that pass, in their order. */
  readonly passing: string;
}

/** What passes each of these filters. */
async function pass(peer: Peer, ...cases: readonly Case[]): Promise<void> {
  const session = await peer.session10();
  for (const { filter: asked, messages, passing } of cases) {
    const { address } = await peer.node10();
    const sender = await session.sender(address);
    for (const each of messages) await sender.send(each);
    const receiver = await filtered(peer, session, address, asked);
    receiver.credit(messages.length);
    const came = (await receiver.drain()).map(delivery => delivery.text).join();
    peer.require(came === passing, `Of the messages ${passing} are to pass the filter, and ${came || 'none'} did.`);
  }
}

/** A filter that cannot be read is refused, or left out where that is legal. */
async function unreadable(peer: Peer, duty: DutyId, valid: Filter, invalid: Filter, mayBeLeftOut: boolean): Promise<void> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  await (await filtered(peer, session, address, valid)).detach();
  const other = await peer.session10();
  const refused = await attempted(other, address, invalid);
  if (typeof refused === 'string') {
    const legal = ['amqp:invalid-field', 'amqp:not-implemented', 'amqp:precondition-failed'];
    peer.require(legal.includes(refused), `The link is refused with ${refused}, which is none of ${legal.join(', ')}.`, duty);
  } else peer.require(mayBeLeftOut && !isInPlace(refused), 'The link is attached with a filter that cannot be read.', duty);
}

const coloured = [having('red', { colour: text('red'), size: long(5) }), having('blue', { colour: text('blue'), size: long(1) }), named('plain')];

/** Filters of sources. */
export const filter10Checks: readonly Check[] = [
  check('amqp10/filter/unknown', {
    title: 'A filter of an unknown type is left out of the answer, or the link is refused with not-implemented',
    duties: ['amqp10/filter.unknown:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const receiver = await attempted(await peer.session10(), address, nonsense);
      const legal = typeof receiver === 'string' ? receiver === 'amqp:not-implemented' : !isInPlace(receiver);
      peer.require(
        legal,
        typeof receiver === 'string' ? `The link is refused with ${receiver}.` : 'The answer says that a filter which nobody knows is in place.',
      );
    },
  }),
  check('amqp10/filter/selector', {
    title: 'A selector picks messages by application properties and header fields',
    duties: ['amqp10/filter.selector:emit'],
    run: peer => {
      const messages = [...coloured, having('green', { colour: text('green'), size: long(9) })];
      return pass(
        peer,
        { filter: selector("colour = 'red' AND size > 3"), messages, passing: 'red' },
        { filter: selector("colour IN ('blue', 'green') OR size BETWEEN 4 AND 6"), messages, passing: 'red,blue,green' },
      );
    },
  }),
  check('amqp10/filter/selector-null', {
    title: 'What a message does not have is unknown to a selector, and only IS NULL finds it',
    duties: ['amqp10/filter.selector-null:emit'],
    run: peer =>
      pass(
        peer,
        { filter: selector("colour <> 'red'"), messages: coloured, passing: 'blue' },
        { filter: selector("NOT (colour = 'red')"), messages: coloured, passing: 'blue' },
        { filter: selector('colour IS NULL'), messages: coloured, passing: 'plain' },
      ),
  }),
  check('amqp10/filter/selector-invalid', {
    title: 'A selector that cannot be parsed refuses the link',
    duties: ['amqp10/filter.selector-invalid:enforce'],
    departs: true,
    run: peer => unreadable(peer, 'amqp10/filter.selector-invalid:enforce', selector('size = 1'), selector('= AND ('), false),
  }),
  check('amqp10/filter/no-local', {
    title: 'With no-local a link does not bring what was sent over its own connection',
    duties: ['amqp10/filter.no-local:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const [own, other] = [await peer.session10(), await peer.session10()];
      const receiver = await filtered(peer, own, address, filter('apache.org:no-local-filter:list', { type: 'list', value: [] }));
      await (await own.sender(address)).send(named('own'));
      await (await other.sender(address)).send(named('other'));
      receiver.credit(2);
      const came = (await receiver.drain()).map(delivery => delivery.text).join();
      peer.require(came === 'other', `Expected what another connection sent, got ${came || 'nothing'}.`);
    },
  }),
  check('amqp10/filter/legacy-binding', {
    title: 'The filter of a direct binding picks messages by subject, and that of a topic binding by pattern',
    duties: ['amqp10/filter.legacy-binding:emit'],
    run: peer => {
      const messages = [about('one', 'a.b'), about('two', 'a.b.c'), about('three', 'b.a')];
      return pass(
        peer,
        { filter: direct('a.b'), messages, passing: 'one' },
        { filter: topic('a.*'), messages, passing: 'one' },
        { filter: topic('a.#'), messages, passing: 'one,two' },
      );
    },
  }),
  check('amqp10/filter/properties', {
    title: 'A properties filter passes messages whose properties all equal the values that it names',
    duties: ['amqp10/filter.properties:emit'],
    run: peer =>
      pass(peer, {
        filter: properties({ subject: text('news'), 'group-id': text('g') }),
        messages: [
          named('both', { properties: { subject: 'news', groupId: 'g' } }),
          named('one', { properties: { subject: 'news' } }),
          named('other', { properties: { subject: 'olds', groupId: 'g' } }),
        ],
        passing: 'both',
      }),
  }),
  check('amqp10/filter/application-properties', {
    title: 'An application-properties filter passes messages that have all entries that it names, numbers compared across their types',
    duties: ['amqp10/filter.application-properties:emit'],
    run: peer =>
      pass(peer, {
        filter: applicationProperties({ colour: text('red'), size: long(5) }),
        messages: [
          having('long', { colour: text('red'), size: long(5) }),
          having('int', { colour: text('red'), size: { type: 'int', value: 5 } }),
          having('other', { colour: text('red'), size: long(6) }),
          having('less', { colour: text('red') }),
        ],
        passing: 'long,int',
      }),
  }),
  check('amqp10/filter/prefix-suffix', {
    title: 'A string after &p: is a prefix, one after &s: a suffix, and && stands for an ampersand',
    duties: ['amqp10/filter.prefix-suffix:emit'],
    run: peer => {
      const messages = [about('one', 'abc'), about('two', 'xbc'), about('three', '&p:a')];
      return pass(
        peer,
        { filter: properties({ subject: text('&p:ab') }), messages, passing: 'one' },
        { filter: properties({ subject: text('&s:bc') }), messages, passing: 'one,two' },
        { filter: properties({ subject: text('&&p:a') }), messages, passing: 'three' },
      );
    },
  }),
  check('amqp10/filter/absent-field', {
    title: 'A message without what a filter names does not pass it, unless null is what it names',
    duties: ['amqp10/filter.absent-field:emit'],
    run: peer =>
      pass(
        peer,
        { filter: applicationProperties({ colour: text('red') }), messages: coloured, passing: 'red' },
        { filter: applicationProperties({ colour: nothing }), messages: coloured, passing: 'plain' },
      ),
  }),
  check('amqp10/filter/properties-invalid', {
    title: 'A filter whose value is not of its form is refused, or left out of the answer',
    duties: ['amqp10/filter.properties-invalid:enforce'],
    departs: true,
    run: peer =>
      unreadable(
        peer,
        'amqp10/filter.properties-invalid:enforce',
        properties({ subject: text('news') }),
        filter('amqp:properties-filter', text('subject')),
        true,
      ),
  }),
  check('amqp10/filter/sql', {
    title: 'An SQL filter passes messages by properties, application properties and header',
    duties: ['amqp10/filter.sql:emit'],
    run: peer => {
      const messages = [
        named('all', { header: { priority: 7 }, properties: { subject: 'news' }, applicationProperties: [['size', long(5)]] }),
        named('some', { header: { priority: 7 }, properties: { subject: 'olds' }, applicationProperties: [['size', long(5)]] }),
        named('less', { properties: { subject: 'news' }, applicationProperties: [['size', long(5)]] }),
      ];
      return pass(peer, { filter: sql("properties.subject = 'news' AND header.priority > 4 AND size = 5"), messages, passing: 'all' });
    },
  }),
  check('amqp10/filter/sql-operators', {
    title: 'An SQL filter has arithmetic, like with escape, in, is null, and three-valued logic',
    duties: ['amqp10/filter.sql-operators:emit'],
    run: peer =>
      pass(
        peer,
        { filter: sql('size * 2 + 1 = 11 AND size % 2 = 1'), messages: coloured, passing: 'red' },
        { filter: sql("colour LIKE 'b%' OR colour LIKE 'r_d'"), messages: coloured, passing: 'red,blue' },
        { filter: sql("colour NOT IN ('red', 'green')"), messages: coloured, passing: 'blue' },
        { filter: sql('colour IS NULL'), messages: coloured, passing: 'plain' },
        {
          filter: sql("rate LIKE '10!%' ESCAPE '!'"),
          messages: [having('percent', { rate: text('10%') }), having('ten', { rate: text('101') }), having('number', { rate: double(1.5) })],
          passing: 'percent',
        },
      ),
  }),
  check('amqp10/filter/sql-invalid', {
    title: 'An SQL expression that cannot be parsed is refused, or left out of the answer',
    duties: ['amqp10/filter.sql-invalid:enforce'],
    departs: true,
    run: peer => unreadable(peer, 'amqp10/filter.sql-invalid:enforce', sql('size = 1'), sql('size = = 1'), true),
  }),
  check('amqp10/filter/order', {
    title: 'What passes a filter comes in the order in which it stands in the queue',
    duties: ['amqp10/filter.order:emit'],
    run: peer => {
      const names = ['first', 'second', 'third', 'fourth'];
      const messages = names.flatMap(name => [having(name, { colour: text('red') }), having(`not-${name}`, { colour: text('blue') })]);
      return pass(peer, { filter: selector("colour = 'red'"), messages, passing: names.join() });
    },
  }),
];
