import { method } from '../wire/amqp091/codec.ts';
import { forgiven, unpunished } from './departures.ts';
import { effects } from './effect-seam.ts';
import type { EffectSeam, FrameSeam } from './fault.ts';
import { delivered, published } from './messages.ts';
import { refused } from './refusals.ts';
import { remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';

const answering = faultsIn('amqp091/direct-reply-to/**');

const pseudoQueue = 'amq.rabbitmq.reply-to';
const isName = (queue: string): boolean => queue.startsWith(`${pseudoQueue}.`);

/** Direct reply-to. */
export const replyFaults = {
  'amqp091/direct-reply-to.name:emit': [
    answering(
      'passes the request on with the name of the pseudo-queue',
      delivered(
        'basic.get-ok',
        message => isName(message.properties.replyTo ?? '') && message.with({ properties: { ...message.properties, replyTo: pseudoQueue } }),
      ),
    ),
    answering('has one name for all who ask', oneName()),
    answering(
      'has every request answered to the channel that asks, whatever its reply-to says',
      published(message => message.properties.replyTo !== undefined && message.with({ properties: { ...message.properties, replyTo: pseudoQueue } })),
      ['amqp091/direct-reply-to/**', 'amqp091/publish/content/*', 'amqp091/content/*'],
    ),
  ],
  'amqp091/direct-reply-to.delivery:emit': [
    answering(
      'loses answers',
      published(message => isName(message.args.routingKey) && []),
    ),
  ],
  'amqp091/direct-reply-to.no-ack:enforce': [
    answering(
      'takes a consumer that acknowledges for one that does not',
      request('basic.consume', draft => draft.args.queue === pseudoQueue && draft.with({ noAck: true })),
    ),
  ],
  'amqp091/direct-reply-to.one-consumer:enforce': [answering('takes a second consumer of answers', secondTaken())],
  'amqp091/direct-reply-to.same-channel:enforce': [
    answering('lets a request be asked that cannot be answered', unpunished({ scope: 'channel', code: 406, about: 'basic.publish' }), [
      'amqp091/{direct-reply-to,sender-selected,user-id}/**',
    ]),
  ],
  'amqp091/direct-reply-to.asker-present:emit': [
    answering(
      'knows of no queue by the name that answers go to',
      refused('queue.declare', 404, ({ args }) => isName(args.queue)),
    ),
  ],
  'amqp091/direct-reply-to.asker-gone:enforce': [
    answering(
      'finds the asker there who is gone',
      forgiven({ about: 'queue.declare', code: 404, when: (at, close) => isName(declaredName(at.method('to-server', close.channel)?.args)) }, () =>
        method('queue.declare-ok', { queue: pseudoQueue, messageCount: 0, consumerCount: 1 }),
      ),
    ),
  ],
  'amqp091/direct-reply-to.dropped:emit': [answering('closes the channel of who answers nobody', punishesLateAnswers())],
} as const satisfies FaultTable;

function declaredName(args: object | undefined): string {
  return args !== undefined && 'queue' in args && typeof args.queue === 'string' ? args.queue : '';
}

/** What one connection gets from queues bears the name of the first request. */
function oneName(): FrameSeam {
  return remembering(() => {
    let first: string | undefined;
    return delivered('basic.get-ok', message => {
      const { replyTo } = message.properties;
      if (replyTo === undefined || !isName(replyTo)) return false;
      first ??= replyTo;
      return first !== replyTo && message.with({ properties: { ...message.properties, replyTo: first } });
    });
  });
}

function secondTaken(): FrameSeam {
  return remembering(() => {
    const channels = new Set<number>();
    return request('basic.consume', draft => {
      const { queue, consumerTag } = draft.args;
      if (queue !== pseudoQueue) return false;
      const second = channels.has(draft.channel);
      channels.add(draft.channel);
      return second && draft.accepted({ consumerTag: consumerTag === '' ? 'second' : consumerTag });
    });
  });
}

function punishesLateAnswers(): EffectSeam {
  return effects((command, apply) => {
    const all = apply(command);
    if (command.kind !== 'publish' || !isName(command.message.routingKey) || all.some(({ kind }) => kind === 'deliver')) return all;
    const { connection, channel } = command;
    const closed = apply({ kind: 'close-channel', connection, channel });
    return [...all, ...closed, { kind: 'refused', connection, channel, scope: 'channel', code: 404, text: 'there is nobody to answer' }];
  });
}
