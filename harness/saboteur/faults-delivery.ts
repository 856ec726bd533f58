import { method } from '../wire/amqp091/codec.ts';
import { acknowledgements, consumers } from './areas.ts';
import {
  asyncUnflagged,
  exchangedTags,
  exclusiveForGood,
  firstComeFirst,
  onlyOneOfChannel,
  onlyOneOfQueue,
  recoversAllChannels,
  recoversOne,
  refusesLost,
  requeuesAtTheEnd,
  tagsForGood,
} from './delivery-seams.ts';
import { command } from './effect-seam.ts';
import { bindsEveryConnection, deafToReject, emptyWhileLimited, neverLarger, perConsumer, unchanged } from './prefetch-seams.ts';
import { refused } from './refusals.ts';
import { answer, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { knowing } from './topology.ts';

/** Several consumers share a queue, or one has several. */
const sharing = [
  ...consumers,
  'amqp091/{competition,consumer-priority,single-active-consumer,per-consumer-prefetch,redelivery,flow,ack}/**',
  'amqp091/methods/*',
  'amqp091/binding/**',
];
const limiting = faultsIn(
  'amqp091/{qos,queue-length}/**',
  'amqp091/{methods,limits}/*',
  'amqp091/{competition,per-consumer-prefetch,consumer-priority,single-active-consumer,flow}/*',
);
const consuming = faultsIn('amqp091/consume/**', 'amqp091/cancel/*', 'amqp091/channel/*');
const cancelling = faultsIn('amqp091/queue/auto-delete/*', 'amqp091/cancel/*', 'amqp091/consume/**');
const recovering = faultsIn('amqp091/{recover,recover-async,redelivery}/**', 'amqp091/tx/ack/*');
const competing = faultsIn(...sharing);

/** Class basic: whom messages go to, how many, and how they come back. */
export const deliveryFaults = {
  'amqp091/basic.deliver.round-robin:emit': [competing('serves the consumer that came first for as long as it takes anything', firstComeFirst())],
  'amqp091/3.1.6.delivers:emit': [
    competing('serves one consumer of a queue and keeps the others waiting', onlyOneOfQueue()),
    competing('serves only the first consumer of a channel', onlyOneOfChannel(), [...sharing, 'amqp091/fields/*', 'amqp091/queue/**']),
    limiting('takes no room to be made by a reject', deafToReject(), ['amqp091/qos/**']),
  ],
  'amqp091/basic.ack.outstanding:emit': [
    competing(
      'knows the deliveries of a deleted queue no more',
      knowing(topology => refused(['basic.ack', 'basic.nack'], 406, () => topology.deleted.size > 0)),
      ['amqp091/{ack,nack}/*', 'amqp091/queue/**', 'amqp091/cancel/*'],
    ),
  ],
  'amqp091/basic.cancel.crossing:emit': [cancelling('refuses the cancel of a consumer that it ended itself', refusesLost())],
  'amqp091/basic.cancel.unannounced:emit': [
    cancelling(
      'tells every client of the consumers it loses',
      command('connect', (connect, apply) => apply({ ...connect, cancelNotify: true })),
    ),
    cancelling(
      'sends a cancel behind its cancel-ok',
      answer('basic.cancel-ok', draft => draft.followedBy(method('basic.cancel', { consumerTag: draft.args.consumerTag, noWait: true }))),
    ),
  ],
  'amqp091/basic.consume.lifetime:emit': [
    consuming('holds a consumer tag for as long as the connection lasts', tagsForGood()),
    consuming('keeps a queue to the exclusive consumer that it had once', exclusiveForGood()),
  ],
  'amqp091/domain.no-local:emit': [
    consuming(
      'does not know no-local',
      request('basic.consume', draft => draft.args.noLocal && draft.with({ noLocal: false })),
    ),
  ],
  'amqp091/domain.delivery-tag.growing:emit': [
    competing('exchanges the delivery tags five and six of a channel', exchangedTags(), [...sharing, ...acknowledgements, 'amqp091/get/*', 'amqp091/tx/**']),
  ],
  'amqp091/queue.requeue-position:emit': [
    competing('puts what comes back at the end of its queue', requeuesAtTheEnd(), [
      ...sharing,
      ...acknowledgements,
      'amqp091/{tx,dead-letter,message-priority,message-ttl}/**',
    ]),
  ],
  'amqp091/basic.qos.channel:emit': [
    limiting('allows each consumer of a channel as much as the channel', perConsumer()),
    limiting(
      'takes the prefetch count of one channel for that of the connection',
      request('basic.qos', draft => !draft.args.global && draft.args.prefetchCount > 0 && draft.with({ global: true })),
    ),
  ],
  'amqp091/basic.qos.connection:emit': [
    limiting(
      'takes a global prefetch count for that of one channel',
      request('basic.qos', draft => draft.args.global && draft.with({ global: false })),
    ),
    limiting('takes a global prefetch count for that of all connections', bindsEveryConnection()),
  ],
  'amqp091/basic.qos.change:emit': [limiting('keeps to the prefetch count that a channel had when its first consumer came', unchanged())],
  'amqp091/basic.qos.filled:emit': [
    limiting(
      'sends one message at a time as soon as it knows any prefetch count',
      request('basic.qos', draft => draft.with({ prefetchCount: 1 })),
    ),
  ],
  'amqp091/basic.qos.get:emit': [limiting('answers get with nothing on a channel with a prefetch count', emptyWhileLimited())],
  'amqp091/basic.qos.prefetch-size:emit': [
    limiting(
      'takes no notice of a prefetch size',
      request('basic.qos', draft => draft.args.prefetchSize > 0 && draft.with({ prefetchSize: 0 })),
    ),
  ],
  'amqp091/basic.qos.prefetch-size-single:emit': [limiting('never sends a message larger than the prefetch size', neverLarger())],
  'amqp091/basic.recover.channel:emit': [
    recovering('puts back the first of the messages to recover, and no more', recoversOne()),
    recovering("recovers what the connection's other channels hold as well", recoversAllChannels()),
  ],
  'amqp091/basic.recover-async.requeue:emit': [
    recovering(
      'does not hear recover-async',
      request('basic.recover-async', draft => draft.swallowed()),
    ),
  ],
  'amqp091/basic.recover-async.original-recipient:emit': [
    recovering(
      'requeues whatever recover-async is about',
      request('basic.recover-async', draft => !draft.args.requeue && draft.with({ requeue: true })),
    ),
  ],
  'amqp091/basic.recover-async.redelivered:emit': [recovering('does not flag what recover-async puts back', asyncUnflagged())],
} as const satisfies FaultTable;
