import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { FieldValue } from '../../harness/spec/amqp091/domains.ts';
import type { AmqpValue, MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { fieldTable, fieldValue, plain } from '../../harness/wire/amqp091/field-table.ts';
import { requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { to091Values, toTen, undocumented } from './conversion-values.ts';
import { annotation, carried, crossing, documented, receiverOf, requireShown, senderOf, shown, to10, to091 } from './crossing.ts';
import { bodyOf, sendTo, text } from './passage.ts';

const named = 'amqp10/conversion.application-properties:emit';
const annotations = 'amqp10/conversion.annotations:emit';
const told = 'amqp10/conversion.routing-told:emit';
const copies = 'amqp10/conversion.copies:emit';
const deaths = 'amqp10/conversion.deaths:emit';

/** The value without what its octets are kept in. */
const bare = (value: AmqpValue | FieldValue | undefined): unknown => value && { type: value.type, value: value.type === 'described' ? undefined : value.value };
/** Octets are the same whether a long string or a byte array holds them. */
const comparable = (value: FieldValue): unknown => (value.type === 'long-string' || value.type === 'byte-array' ? new Uint8Array(value.value) : bare(value));

/** Headers, annotations, further keys and deaths from one protocol to the other, as RabbitMQ documents it. */
export const conversionHeader10Checks: readonly Check[] = [
  ...Object.entries(toTen).map(([type, pairs]) =>
    documented(`headers/to-10/${type}`, `Headers of 0-9-1 of type ${type} become application properties`, named, async (peer: Peer, x) => {
      const headers = pairs.map(([sent], at) => [`h${at}`, sent] as const);
      const { message } = await to10(x, await receiverOf(x), { headers });
      for (const [at, [, wanted]] of pairs.entries()) {
        const came = message.applicationProperties?.find(([name]) => name === `h${at}`)?.[1];
        requireShown(peer, 'An application property', bare(came), bare(wanted));
      }
    }),
  ),
  ...Object.entries(to091Values).map(([type, pairs]) =>
    documented(`headers/to-091/${type}`, `Application properties of type ${type} become headers of 0-9-1`, named, async (peer: Peer, x) => {
      await x.channel.consume(x.queue, { noAck: true });
      const sent: MessageDraft = { applicationProperties: pairs.map(([value], at) => [`p${at}`, value]), ...bodyOf('body') };
      const { properties } = await to091(peer, x, await senderOf(x), sent);
      for (const [at, [, wanted]] of pairs.entries()) {
        const came = fieldValue(properties.headers ?? [], `p${at}`);
        requireShown(peer, 'A header', came && comparable(came), comparable(wanted));
      }
    }),
  ),
  ...undocumented.map(([type, value]) =>
    check(`amqp10/cross/headers/${type}`, {
      title: `A message of 1.0 with an application property of type ${type} comes to 0-9-1 with its body, whatever becomes of that`,
      duties: ['amqp10/conversion.same-queue:emit'],
      crosses: true,
      departs: true,
      async run(peer: Peer) {
        const x = await crossing(peer);
        await x.channel.consume(x.queue, { noAck: true });
        const came = await to091(peer, x, await senderOf(x), { applicationProperties: [['value', value]], ...bodyOf('body') });
        peer.require(textOf(came) === 'body', 'The body came otherwise than it was sent.');
        const header = fieldValue(came.properties.headers ?? [], 'value');
        peer.tabulate('Application properties of 1.0 as headers of 0-9-1', type, 'becomes', header?.type ?? 'nothing');
      },
    }),
  ),
  documented(
    'annotations/to-10',
    'Headers whose names begin with x- become message annotations, and no application properties',
    annotations,
    async (peer: Peer, x) => {
      const { message } = await to10(x, await receiverOf(x), { headers: fieldTable({ 'x-own': 'text', 'x-number': 7, plain: 'p' }) });
      requireShown(peer, 'The annotation x-own', annotation(message, 'x-own'), text('text'));
      requireShown(peer, 'The annotation x-number', annotation(message, 'x-number'), { type: 'int', value: 7 });
      const names = (message.applicationProperties ?? []).map(([name]) => name);
      requireShown(peer, 'The names of application properties', names, ['plain']);
    },
  ),
  documented('annotations/to-091', 'Message annotations whose keys begin with x- become headers', annotations, async (peer: Peer, x) => {
    await x.channel.consume(x.queue, { noAck: true });
    const sent: MessageDraft = {
      messageAnnotations: [
        ['x-opt-own', text('text')],
        ['x-opt-number', { type: 'uint', value: 7 }],
      ],
      ...bodyOf('body'),
    };
    const { properties } = await to091(peer, x, await senderOf(x), sent);
    const headers = plain(properties.headers ?? []);
    requireShown(peer, 'The headers', [headers['x-opt-own'], headers['x-opt-number']], ['text', 7]);
  }),
  documented(
    'routing/queue',
    'A message that 0-9-1 publishes by the default exchange tells 1.0 the name of the queue as its key',
    told,
    async (peer: Peer, x) => {
      const { message } = await to10(x, await receiverOf(x), {});
      requireShown(peer, 'Exchange and key', [annotation(message, 'x-exchange')?.value, annotation(message, 'x-routing-key')?.value], ['', x.queue]);
    },
  ),
  documented('routing/exchange', 'A message that came through an exchange tells 1.0 its exchange and key', told, async (peer: Peer, x) => {
    const exchange = await x.channel.exchange('topic');
    await x.channel.bind(x.queue, exchange, 'a.*');
    const receiver = await receiverOf(x);
    x.channel.publish({ exchange, routingKey: 'a.b', body: 'routed' });
    const { message } = await receiver.receive();
    requireShown(peer, 'Exchange and key', [annotation(message, 'x-exchange')?.value, annotation(message, 'x-routing-key')?.value], [exchange, 'a.b']);
  }),
  ...(['CC', 'BCC'] as const).map(header =>
    documented(
      `copies/${header.toLowerCase()}`,
      `The header ${header} of a message of 0-9-1 gives each queue one copy, for receivers of 1.0 too`,
      copies,
      async (peer: Peer, x) => {
        const other = await crossing(peer);
        const [first, second] = [await receiverOf(x), await receiverOf(other)];
        x.channel.publish({ routingKey: x.queue, properties: { headers: fieldTable({ [header]: [other.queue, x.queue] }) }, body: 'copied' });
        for (const receiver of [first, second]) {
          const came = Buffer.from(carried((await receiver.receive()).message) ?? []).toString();
          peer.require(came === 'copied', `Expected the copy, got ${came}.`);
          await receiver.barrier(['transfer']);
        }
      },
    ),
  ),
  documented('copies/x-cc', 'The annotation x-cc of a message of 1.0 gives each queue one copy, for 0-9-1 too', copies, async (peer: Peer, x) => {
    const other = await crossing(peer);
    const keys: AmqpValue = { type: 'list', value: [text(other.queue), text(x.queue)] };
    await sendTo(peer, await senderOf(x), { messageAnnotations: [['x-cc', keys]], ...bodyOf('copied') });
    for (const { channel, queue } of [x, other]) requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['copied'], 'Copies');
  }),
  ...(['10', '091'] as const).map(by =>
    documented(
      `deaths/to-${by}`,
      `A message of ${by === '10' ? '0-9-1' : '1.0'} that died tells ${by === '10' ? '1.0' : '0-9-1'} where and of what`,
      deaths,
      async (peer: Peer, grave) => {
        const x = await crossing(peer, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': grave.queue }));
        await x.channel.consume(x.queue);
        if (by === '10') x.channel.publish({ routingKey: x.queue, body: 'letter' });
        else await sendTo(peer, await senderOf(x), bodyOf('letter'));
        const { deliveryTag } = (await x.channel.arrival('basic.deliver')).method.args;
        x.channel.send('basic.reject', { deliveryTag, requeue: false });
        const said = by === '10' ? annotation((await (await receiverOf(grave)).receive()).message, 'x-opt-deaths') : await deathHeader(peer, grave);
        peer.require(said?.type === 'array', `What the message died of came as ${said?.type ?? 'nothing'}.`);
        const words = shown(said.value);
        peer.require(words.includes(x.queue) && words.includes('rejected'), 'What the message died of does not name the queue and the reason.');
      },
    ),
  ),
  documented(
    'priority/by-091',
    'In a queue with priorities a message of 1.0 of high priority comes to 0-9-1 before one of low',
    'amqp10/conversion.header-to-091:emit',
    async (peer: Peer) => {
      const x = await crossing(peer, fieldTable({ 'x-max-priority': 10 }));
      const sender = await senderOf(x);
      for (const priority of [0, 9]) await sendTo(peer, sender, { header: { priority }, ...bodyOf(`${priority}`) });
      requireTexts(peer, (await takeAll(peer, x.channel, x.queue, 2)).map(textOf), ['9', '0'], 'Messages as they came');
    },
  ),
  documented(
    'expiration/expired',
    'A message of 0-9-1 that has outlived its expiration does not come to 1.0',
    'amqp10/conversion.header-to-10:emit',
    async (peer: Peer, x) => {
      x.channel.publish({ routingKey: x.queue, properties: { expiration: '40' }, body: 'short-lived' });
      x.channel.publish({ routingKey: x.queue, body: 'lasting' });
      await peer.quiet(200, 'a message of 40 ms grows too old');
      const came = Buffer.from(carried((await (await receiverOf(x)).receive()).message) ?? []).toString();
      peer.require(came === 'lasting', `Expected the message that lasts, got ${came}.`);
    },
  ),
];

async function deathHeader(peer: Peer, grave: Parameters<typeof receiverOf>[0]): Promise<FieldValue | undefined> {
  const [letter] = await takeAll(peer, grave.channel, grave.queue, 1);
  const properties: BasicProperties = letter?.properties ?? {};
  return fieldValue(properties.headers ?? [], 'x-death');
}
