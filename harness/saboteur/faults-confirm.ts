import { method } from '../wire/amqp091/codec.ts';
import { command } from './effect-seam.ts';
import type { FrameSeam, Piece } from './fault.ts';
import { delivered, published } from './messages.ts';
import { losesInBursts } from './rare.ts';
import { refusedFrom } from './refusals.ts';
import { answer, either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { knowing } from './topology.ts';

/** They publish three messages or more without confirms. */
const unselected = ['amqp091/{confirm,consume,deliver,qos,queue,get,tx}/**', 'amqp091/{content,ack,nack,reject}/*'];
const confirming = faultsIn('amqp091/confirm/**');

/** Class confirm. */
export const confirmFaults = {
  'amqp091/confirm.select:emit': [confirming('does not let a channel be selected twice', refusedFrom(2, 'confirm.select', 406))],
  'amqp091/confirm.all-messages:emit': [
    confirming(
      'forgets to confirm from the third message on',
      answer('basic.ack', draft => draft.args.deliveryTag >= 3n && draft.swallowed()),
      ['amqp091/confirm/**', 'amqp091/alternate-exchange/confirmed'],
    ),
    confirming(
      'never hears that a persistent message is on disk',
      command('stored', () => []),
      ['amqp091/{confirm,tx}/**'],
    ),
  ],
  'amqp091/confirm.once:emit': [
    confirming(
      'confirms twice',
      answer('basic.ack', draft => draft.twice()),
    ),
  ],
  'amqp091/confirm.sequence:emit': [
    confirming(
      'counts from two',
      answer('basic.ack', draft => draft.with({ deliveryTag: draft.args.deliveryTag + 1n })),
    ),
  ],
  'amqp091/confirm.return-first:emit': [confirming('confirms first and returns then', returnedLast())],
  'amqp091/confirm.all-queues:emit': [
    confirming(
      'confirms what one of three queues has lost',
      knowing(topology =>
        published(message => {
          const queues = [...new Set(topology.on(message.args.exchange).map(each => each.queue))];
          const lost = queues.at(-1);
          if (queues.length < 3 || lost === undefined) return false;
          const purge = method('queue.purge', { queue: lost, noWait: true });
          return { send: [...message.frames(), { type: 'method', channel: message.channel, method: purge }] };
        }),
      ),
    ),
    losesInBursts,
  ],
  'amqp091/confirm.unselected:emit': [confirming('confirms what nobody asked it to confirm', unasked(), unselected)],
} as const satisfies FaultTable;

/** On a channel in confirm mode a return waits for the confirm that comes behind it. */
function returnedLast(): FrameSeam {
  return remembering(() => {
    const selected = new Set<number>();
    let waiting: readonly Piece[] = [];
    const noting = request('confirm.select', ({ channel }) => {
      selected.add(channel);
      return false;
    });
    const holding = delivered('basic.return', message => {
      if (!selected.has(message.channel)) return false;
      waiting = [...waiting, ...message.frames()];
      return [];
    });
    const releasing = answer('basic.ack', draft => {
      const due = waiting;
      waiting = [];
      return due.length > 0 && draft.followedBy(...due);
    });
    return either(noting, holding, releasing);
  });
}

/** The third message of each channel that was not selected is confirmed. */
function unasked(): FrameSeam {
  return remembering(() => {
    const selected = new Set<number>();
    const counts = new Map<number, number>();
    const noting = request('confirm.select', ({ channel }) => {
      selected.add(channel);
      return false;
    });
    const confirms = published(message => {
      const { channel } = message;
      const count = (counts.get(channel) ?? 0) + 1;
      counts.set(channel, count);
      if (selected.has(channel) || count !== 3) return false;
      return { send: message.frames(), back: [{ type: 'method', channel, method: method('basic.ack', { deliveryTag: 3n }) }] };
    });
    return either(noting, confirms);
  });
}
