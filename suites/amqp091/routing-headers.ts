import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { FieldTable, FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { accepted } from '../extensions/asking.ts';
import { hold, requireTexts, textOf } from './observations.ts';
import { optionalExchange } from './optional.ts';
import { type Headers, labelsThrough, marker, reached, requireHeaders } from './routing-observations.ts';

const value = (type: 'long-int' | 'short-short-int' | 'double', number: number): FieldTable => [['size', { type, value: number }]];

/** One header of each type whose tag all brokers read alike. */
const typed: Readonly<Record<string, FieldValue>> = {
  boolean: { type: 'boolean', value: true },
  octet: { type: 'short-short-int', value: -7 },
  integer: { type: 'long-int', value: -70_000 },
  double: { type: 'double', value: 0.125 },
  text: { type: 'long-string', value: new TextEncoder().encode('Grüße') },
  moment: { type: 'timestamp', value: 1_234_567_890n },
  nested: { type: 'table', value: [['inner', { type: 'long-string', value: new TextEncoder().encode('x') }]] },
};

const typedChecks = Object.entries(typed).map(([name, field]) =>
  check(`amqp091/routing/headers/value-${name}`, {
    title: `A header of type ${field.type} is matched by a pair with the same value, and by no other`,
    duties: ['amqp091/3.1.3.4.headers-all:emit'],
    run: peer =>
      requireHeaders(
        peer,
        [...fieldTable({ 'x-match': 'all' }), ['header', field]],
        { other: fieldTable({ header: 'another' }), none: {}, elsewhere: [['headers', field]], same: [['header', field]] },
        ['same'],
      ),
  }),
);

/** Headers of messages for the modes with x, each under its label. */
const xMessages: Readonly<Record<string, Headers>> = {
  both: { 'x-form': 'pdf', form: 'pdf' },
  reserved: { 'x-form': 'pdf' },
  plain: { form: 'pdf' },
  other: { form: 'txt' },
};
const xModes: Readonly<Record<string, { readonly title: string; readonly match: readonly string[] }>> = {
  'all-with-x': { title: 'With x-match all-with-x, the pairs whose name begins with x- must match too', match: ['both'] },
  'any-with-x': { title: 'With x-match any-with-x, a pair whose name begins with x- is enough', match: ['both', 'reserved', 'plain'] },
};

/** A broker that takes any x-match does not say by taking one that it knows it: then x- pairs are ignored, as the standard has it. */
async function requireChoosy(peer: Peer): Promise<void> {
  const channel = await peer.channel();
  const [exchange, queue] = [await optionalExchange(peer, channel, 'headers'), await channel.queue()];
  channel.send('queue.bind', { queue, exchange, arguments: fieldTable({ 'x-match': 'amqpspec', form: 'pdf' }) });
  const seen = await channel.connection.next();
  if (seen.kind !== 'method') return;
  if (seen.method.name === 'channel.close') channel.send('channel.close-ok');
  if (seen.method.name === 'queue.bind-ok') peer.unsupported('The peer takes every x-match, also one that nobody knows.');
}

const xChecks = Object.entries(xModes).map(([mode, { title, match }]) =>
  check(`amqp091/routing/headers/${mode}`, {
    title,
    duties: ['amqp091/headers-exchange.with-x:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await optionalExchange(peer, channel, 'headers'), await channel.queue()];
      channel.send('queue.bind', { queue, exchange, arguments: fieldTable({ 'x-match': mode, 'x-form': 'pdf', form: 'pdf' }) });
      await accepted(peer, channel, 'queue.bind-ok', `queue.bind with x-match ${mode}`);
      await requireChoosy(peer);
      requireTexts(peer, await labelsThrough(peer, channel, exchange, queue, xMessages), match, 'Messages that match the binding');
    },
  }),
);

/** What a headers exchange matches, value by value and mode by mode. */
export const headersRoutingChecks = [
  ...typedChecks,
  ...xChecks,
  check('amqp091/routing/headers/unknown-mode', {
    title: 'A binding to a headers exchange whose x-match is neither all nor any is refused',
    duties: ['amqp091/3.1.3.4.headers-mode:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await optionalExchange(peer, channel, 'headers'), await channel.queue()];
      channel.send('queue.bind', { queue, exchange, arguments: fieldTable({ 'x-match': 'amqpspec', form: 'pdf' }) });
      await channel.answersTo('amqp091/3.1.3.4.headers-mode:enforce');
    },
  }),
  check('amqp091/routing/headers/no-headers', {
    title: 'A message without headers matches no binding that asks for one, and harms none',
    duties: ['amqp091/3.1.3.4.headers-any:emit', 'amqp091/3.1.3.4.headers-all:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await optionalExchange(peer, channel, 'headers'), await channel.queue()];
      for (const mode of ['all', 'any']) await channel.bind(queue, exchange, '', fieldTable({ 'x-match': mode, [marker]: true }));
      channel.publish({ exchange, body: 'no properties' });
      channel.publish({ exchange, properties: { headers: [] }, body: 'no headers' });
      channel.publish({ exchange, properties: { headers: fieldTable({ [marker]: true }) }, body: marker });
      requireTexts(peer, await reached(peer, channel, queue), [], 'Messages that match the bindings');
    },
  }),
  check('amqp091/routing/headers/presence-any', {
    title: 'With x-match any, a pair without value is matched by any header of its name',
    duties: ['amqp091/3.1.3.4.headers-presence:emit'],
    run: peer =>
      requireHeaders(peer, { 'x-match': 'any', form: null, pages: 3 }, { none: {}, other: { pages: 4 }, form: { form: 'pdf' }, pages: { pages: 3 } }, [
        'form',
        'pages',
      ]),
  }),
  check('amqp091/routing/headers/name-case', {
    title: 'Names and texts of headers are compared exactly, with upper and lower case apart',
    duties: ['amqp091/3.1.3.4.headers-all:emit'],
    run: peer =>
      requireHeaders(
        peer,
        { 'x-match': 'all', form: 'pdf' },
        { name: { Form: 'pdf' }, text: { form: 'PDF' }, prefix: { form: 'pdf ' }, same: { form: 'pdf' } },
        ['same'],
      ),
  }),
  check('amqp091/routing/headers/routing-key', {
    title: 'The routing key takes no part in what a headers exchange does',
    duties: ['amqp091/3.1.3.4.headers-all:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await optionalExchange(peer, channel, 'headers'), await channel.queue()];
      const headers = fieldTable({ form: 'pdf' });
      await channel.bind(queue, exchange, 'binding.key', fieldTable({ 'x-match': 'all', form: 'pdf' }));
      channel.publish({ exchange, routingKey: 'binding.key', properties: { headers: fieldTable({ form: 'txt' }) }, body: 'same key' });
      channel.publish({ exchange, routingKey: 'another.key', properties: { headers }, body: 'same headers' });
      requireTexts(peer, [textOf(await hold(peer, channel, queue))], ['same headers'], 'First message in the queue');
    },
  }),
  check('amqp091/routing/headers/number-types', {
    title: 'A number is matched by the same number of the same type, never by another; whether other types match is measured',
    duties: ['amqp091/3.1.3.4.headers-all:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await optionalExchange(peer, channel, 'headers'), await channel.queue()];
      await channel.bind(queue, exchange, '', [...fieldTable({ 'x-match': 'all' }), ...value('long-int', 3)]);
      const messages = { same: value('long-int', 3), other: value('long-int', 4), octet: value('short-short-int', 3), double: value('double', 3) };
      const labels = await labelsThrough(peer, channel, exchange, queue, messages);
      requireTexts(
        peer,
        labels.filter(label => label === 'same' || label === 'other'),
        ['same'],
        'Messages with a number of the same type',
      );
      for (const type of ['octet', 'double']) peer.measure(`headers: an integer is matched by the same number as ${type}`, labels.includes(type));
    },
  }),
];
