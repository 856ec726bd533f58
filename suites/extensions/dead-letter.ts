import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { fill, hold, numbered, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { grave, reject, requireLetters, shortMs } from './graves.ts';
import { expired } from './lifetimes.ts';

/** Which messages become dead letters. */
export const deadLetterChecks = [
  ...(['reject', 'nack'] as const).map(name =>
    check(`amqp091/dead-letter/rejected/${name}`, {
      title: `A message refused by basic.${name} without requeue goes to the dead letter exchange`,
      duties: ['amqp091/dead-letter.rejected:emit'],
      ...(name === 'nack' && { capabilities: ['basic.nack'] }),
      async run(peer: Peer) {
        const made = await grave(peer);
        fill(made.channel, made.queue, ['1']);
        const { deliveryTag } = (await hold(peer, made.channel, made.queue)).method.args;
        made.channel.send(`basic.${name}`, { deliveryTag, requeue: false });
        await requireLetters(peer, made, ['1']);
      },
    }),
  ),
  check('amqp091/dead-letter/rejected/multiple', {
    title: 'Messages refused by one basic.nack without requeue go to the dead letter exchange, all and in their order',
    duties: ['amqp091/dead-letter.rejected:emit'],
    capabilities: ['basic.nack'],
    async run(peer: Peer) {
      const made = await grave(peer);
      fill(made.channel, made.queue, numbered(3));
      for (const _ of numbered(2)) await hold(peer, made.channel, made.queue);
      const { deliveryTag } = (await hold(peer, made.channel, made.queue)).method.args;
      made.channel.send('basic.nack', { deliveryTag, multiple: true, requeue: false });
      await requireLetters(peer, made, numbered(3));
    },
  }),
  check('amqp091/dead-letter/expired/queue', {
    title: 'Messages that outlive the x-message-ttl of their queue go to the dead letter exchange',
    duties: ['amqp091/dead-letter.expired:emit'],
    async run(peer: Peer) {
      const made = await grave(peer, { 'x-message-ttl': shortMs });
      fill(made.channel, made.queue, numbered(3));
      await requireLetters(peer, made, numbered(3));
    },
  }),
  check('amqp091/dead-letter/expired/message', {
    title: 'A message that outlives its expiration goes to the dead letter exchange',
    duties: ['amqp091/dead-letter.expired:emit'],
    async run(peer: Peer) {
      const made = await grave(peer);
      made.channel.publish({ routingKey: made.queue, properties: { expiration: `${shortMs}` }, body: '1' });
      await requireLetters(peer, made, ['1']);
    },
  }),
  ...(
    [
      ['messages', { 'x-max-length': 2 }],
      ['octets', { 'x-max-length-bytes': 2 }],
    ] as const
  ).map(([what, args]) =>
    check(`amqp091/dead-letter/maxlen/${what}`, {
      title: `What leaves the head of a queue that is too long by ${what} goes to the dead letter exchange`,
      duties: ['amqp091/dead-letter.maxlen:emit'],
      async run(peer: Peer) {
        const made = await grave(peer, args);
        fill(made.channel, made.queue, numbered(4));
        await requireLetters(peer, made, ['1', '2']);
      },
    }),
  ),
  ...(
    [
      ['acknowledged', { kind: 'basic.ack' }],
      ['requeued', { kind: 'basic.reject' }],
    ] as const
  ).map(([what, { kind }]) =>
    check(`amqp091/dead-letter/nothing-else/${what}`, {
      title: `A message that is ${what} is no dead letter`,
      duties: ['amqp091/dead-letter.nothing-else:emit'],
      async run(peer: Peer) {
        const made = await grave(peer);
        fill(made.channel, made.queue, ['lives']);
        const { deliveryTag } = (await hold(peer, made.channel, made.queue)).method.args;
        if (kind === 'basic.ack') made.channel.send(kind, { deliveryTag });
        else made.channel.send(kind, { deliveryTag, requeue: true });
        if (kind === 'basic.reject') await takeAll(peer, made.channel, made.queue, 1);
        await reject(peer, made.channel, made.queue, 'dies');
        await requireLetters(peer, made, ['dies']);
      },
    }),
  ),
  check('amqp091/dead-letter/nothing-else/purged', {
    title: 'What is purged is no dead letter',
    duties: ['amqp091/dead-letter.nothing-else:emit'],
    async run(peer: Peer) {
      const made = await grave(peer);
      fill(made.channel, made.queue, ['purged']);
      await made.channel.call('queue.purge', { queue: made.queue }, 'queue.purge-ok');
      await reject(peer, made.channel, made.queue, 'dies');
      await requireLetters(peer, made, ['dies']);
    },
  }),
  ...(['deleted', 'expired'] as const).map(how =>
    check(`amqp091/dead-letter/nothing-else/queue-${how}`, {
      title: `When a queue ${how === 'deleted' ? 'is deleted' : 'expires'}, its messages are no dead letters`,
      duties: ['amqp091/dead-letter.nothing-else:emit'],
      async run(peer: Peer) {
        const { channel, queue, exchange, letters } = await grave(peer, how === 'expired' ? { 'x-expires': shortMs } : {}, { exclusive: false });
        fill(channel, queue, ['goes with its queue']);
        if (how === 'deleted') await channel.call('queue.delete', { queue }, 'queue.delete-ok');
        else await expired(peer, channel, queue);
        await peer.quiet(shortMs, 'a letter that must not come would be on its way');
        channel.publish({ exchange, body: 'not a letter' });
        requireTexts(peer, (await takeAll(peer, channel, letters, 1)).map(textOf), ['not a letter'], 'Messages that the dead letter exchange got');
      },
    }),
  ),
  ...(
    [
      ['exchange-number', { 'x-dead-letter-exchange': 1 }],
      ['exchange-boolean', { 'x-dead-letter-exchange': true }],
      ['key-number', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 1 }],
    ] as const
  ).map(([slug, args]) =>
    check(`amqp091/dead-letter/argument/${slug}`, {
      title: `A queue with ${Object.entries(args)
        .map(([name, value]) => `the ${typeof value} '${String(value)}' for ${name}`)
        .join(' and ')} is refused with 406`,
      duties: ['amqp091/dead-letter.argument:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'k' }));
        channel.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: fieldTable(args) });
        await channel.answersTo('amqp091/dead-letter.argument:enforce');
      },
    }),
  ),
];
