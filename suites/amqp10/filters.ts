import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import {
  about,
  applicationProperties,
  attempted,
  coloured,
  direct,
  double,
  filter,
  filtered,
  having,
  isInPlace,
  long,
  named,
  nonsense,
  nothing,
  pass,
  properties,
  selector,
  sql,
  text,
  topic,
  unreadable,
} from './filtering.ts';

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
