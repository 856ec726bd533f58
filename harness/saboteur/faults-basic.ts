import type { CommandOf, Effect, EffectOf } from '../broker/vocabulary.ts';
import type { BasicProperties } from '../spec/amqp091/classes.ts';
import { type Frame, method } from '../wire/amqp091/codec.ts';
import { acknowledgements, consumers, emptyMessages, largeBodies, wiredExchanges } from './areas.ts';
import { forgiven, miscoded, namesQueue, unpunished } from './departures.ts';
import { changed, command, last, overtaken } from './effect-seam.ts';
import type { Apply, EffectSeam, FrameSeam } from './fault.ts';
import { knowingConsumers, knowingHandouts } from './memories.ts';
import { delivered, published } from './messages.ts';
import { sendsOneAhead, settlesOneLess, shortensFullFrames } from './rare.ts';
import { refused, refusedFrom } from './refusals.ts';
import { answer, type Change, type Draft, either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { allSent, forgetting, foundOtherwise, recoveringMessages, recovery, reversed, withOtherBody, withoutProperties, withoutSent } from './stores.ts';
import { knowing } from './topology.ts';

const publishing = faultsIn('amqp091/publish/**');
const consuming = faultsIn('amqp091/consume/**', 'amqp091/{competition,single-active-consumer,cancel}/*');
const cancelling = faultsIn('amqp091/cancel/*', 'amqp091/{redelivery,single-active-consumer}/*');
const delivering = faultsIn('amqp091/deliver/*', 'amqp091/{competition,recover,redelivery}/*', 'amqp091/qos/size/*');
const getting = faultsIn('amqp091/get/*');
const acknowledging = faultsIn('amqp091/ack/*', 'amqp091/tx/{ack,atomicity}/*', 'amqp091/{recover,per-consumer-prefetch}/*', 'amqp091/{qos,redelivery}/**');
const rejecting = faultsIn('amqp091/reject/*', 'amqp091/tx/{ack,reject}/*', 'amqp091/field-types/dead-letter', 'amqp091/redelivery/**');
const nacking = faultsIn('amqp091/nack/*', 'amqp091/tx/{ack,reject}/*', 'amqp091/redelivery/**');
const recovering = faultsIn('amqp091/{recover,tx/ack}/*', 'amqp091/recover-async/*', 'amqp091/redelivery/**');
const limiting = faultsIn('amqp091/qos/**', 'amqp091/{competition,consumer-priority,per-consumer-prefetch,single-active-consumer}/*');

const flipped = (body: Uint8Array): Uint8Array => body.map((octet, at) => (at === body.length - 1 ? octet ^ 0xff : octet));

/** Class basic: publish, consume, get and all that settles. */
export const basicFaults = {
  'amqp091/3.1.1.body-intact:emit': [
    publishing(
      'spoils the last octet of a body of 256 octets or more',
      delivered('basic.get-ok', message => message.body.length >= 256 && message.with({ body: flipped(message.body) })),
      [...largeBodies, 'amqp091/routing/**'],
    ),
    publishing(
      'loses messages without a body',
      delivered('basic.get-ok', ({ channel, header }) => header.bodySize === 0n && header.propertyFlags === 0 && { send: [getEmpty(channel)] }),
      emptyMessages,
    ),
    publishing(
      'takes every body for text, and writes what is none as text',
      published(message => {
        const text = Buffer.from(Buffer.from(message.body).toString('utf8'));
        return Buffer.compare(text, message.body) !== 0 && message.with({ body: text });
      }),
      [...largeBodies, 'amqp091/schema/**', 'amqp091/publish/*'],
    ),
    publishing(
      'reads JSON and writes it in its own way',
      published(message => {
        const { contentType, contentEncoding } = message.properties;
        if (contentType !== 'application/json' || contentEncoding !== undefined) return false;
        return message.with({ body: Buffer.from(JSON.stringify(JSON.parse(Buffer.from(message.body).toString('utf8')), undefined, 1)) });
      }),
      ['amqp091/schema/**'],
    ),
    delivering(
      'spoils the last octet of a large body',
      delivered('basic.deliver', message => message.body.length >= 256 && message.with({ body: flipped(message.body) })),
      [...consumers, 'amqp091/publish/**'],
    ),
    shortensFullFrames,
    recovery(
      'comes back with the first octet of each body changed',
      recoveringMessages(all => all.map(withOtherBody)),
    ),
  ],
  'amqp091/3.1.1.properties-intact:emit': [
    publishing(
      'forgets how a body is encoded',
      published(message => message.properties.contentEncoding !== undefined && message.with({ properties: without(message.properties, 'contentEncoding') })),
      ['amqp091/publish/content/*', 'amqp091/content/*', 'amqp091/schema/**'],
    ),
    publishing(
      'forgets what a message answers',
      published(message => message.properties.correlationId !== undefined && message.with({ properties: without(message.properties, 'correlationId') })),
      ['amqp091/publish/content/*', 'amqp091/content/*', 'amqp091/{direct-reply-to,pattern}/**'],
    ),
    publishing(
      'loses the app-id',
      delivered('basic.get-ok', message => message.properties.appId !== undefined && message.with({ properties: withoutAppId(message.properties) })),
      ['amqp091/publish/content/*', 'amqp091/content/*'],
    ),
    delivering(
      'loses a priority of zero',
      delivered('basic.deliver', message => message.properties.priority === 0 && message.with({ properties: { ...message.properties, priority: 1 } })),
    ),
    recovery(
      'comes back with messages without properties',
      recoveringMessages(all => all.map(withoutProperties)),
    ),
  ],
  'amqp091/basic.persistence-order:emit': [
    delivering(
      'lets a transient message overtake a persistent one',
      overtaken(() => afterTransient()),
      ['amqp091/deliver/*', 'amqp091/tx/publish/*'],
    ),
  ],
  'amqp091/basic.automatic-acknowledgement:emit': [
    getting(
      'wants an acknowledgement in spite of no-ack',
      knowing(topology =>
        request(
          ['basic.get', 'basic.consume'],
          draft => draft.args.noAck && topology.queues.get(draft.args.queue)?.exclusive === false && draft.with({ noAck: false }),
        ),
      ),
      acknowledgements,
    ),
  ],
  'amqp091/basic.explicit-acknowledgement:emit': [
    acknowledging('hands a message that waits for its acknowledgement to others as well', handsOutTwice(), acknowledgements),
  ],
  'amqp091/basic.qos.prefetch-count:emit': [
    limiting(
      'takes no notice of a prefetch count',
      request('basic.qos', draft => draft.args.prefetchCount > 0 && draft.with({ prefetchCount: 0 })),
    ),
    sendsOneAhead,
  ],
  'amqp091/basic.qos.no-ack:emit': [limiting('holds a consumer with no-ack to the prefetch count', boundInSpiteOfNoAck())],
  'amqp091/basic.consume.minimum:emit': [consuming('allows ten consumers', refusedFrom(11, 'basic.consume', 406))],
  'amqp091/basic.consume.queue-exists:enforce': [
    consuming(
      'consumes from a missing queue',
      forgiven({ about: 'basic.consume', code: 404, when: namesQueue }, () => method('basic.consume-ok', { consumerTag: 'none' })),
    ),
  ],
  'amqp091/basic.consume.tag-generated:emit': [
    consuming('gives the second nameless consumer of a channel the tag of the first', sameTagAgain(), [...consumers, 'amqp091/confirm/**']),
  ],
  'amqp091/basic.consume.tag-in-use:enforce': [
    consuming(
      'takes a tag that is in use',
      withTags((tags, draft) => tags.get(draft.args.consumerTag) === draft.channel && draft.accepted({ consumerTag: draft.args.consumerTag })),
    ),
  ],
  'amqp091/basic.consume.tag-channel:emit': [consuming('wants tags to differ on all channels of a connection', tagsPerConnection())],
  'amqp091/basic.consume.tag-channel:enforce': [consuming("cancels another channel's consumer", cancelsForeign())],
  'amqp091/basic.consume.exclusive:enforce': [
    consuming(
      'does not know exclusive consumers',
      request('basic.consume', draft => draft.args.exclusive && draft.with({ exclusive: false })),
    ),
  ],
  'amqp091/basic.consume-ok.tag:emit': [
    consuming(
      'cuts a tag at its first space',
      answer(
        ['basic.consume-ok', 'basic.deliver'],
        draft => draft.args.consumerTag.includes(' ') && draft.with({ consumerTag: draft.args.consumerTag.split(' ', 1)[0] ?? '' }),
      ),
    ),
  ],
  'amqp091/basic.cancel.effect:emit': [
    cancelling(
      'confirms a cancel that it does not do',
      request('basic.cancel', draft => !draft.args.noWait && draft.accepted({ consumerTag: draft.args.consumerTag })),
      ['amqp091/{cancel,single-active-consumer,acknowledgement-timeout}/*', 'amqp091/{consume,queue,tx}/**'],
    ),
  ],
  'amqp091/basic.cancel.delivered:emit': [
    cancelling(
      'takes back with a cancel what it delivered',
      request('basic.cancel', draft => draft.followedBy(method('basic.recover-async', { requeue: true }))),
    ),
  ],
  'amqp091/basic.cancel.queue-gone:emit': [
    cancelling(
      'does not find a consumer whose queue is gone',
      knowing(topology => refused('basic.cancel', 404, () => topology.deleted.size > 0)),
    ),
  ],
  'amqp091/basic.cancel.notify:emit': [
    cancelling(
      'keeps quiet about the loss of a consumer',
      answer('basic.cancel', draft => draft.swallowed()),
    ),
  ],
  'amqp091/basic.publish.exchange-exists:enforce': [
    publishing('drops what is published to a missing exchange', unpunished({ about: 'basic.publish', code: 404 }), [
      'amqp091/{publish,tx}/**',
      'amqp091/channel/*',
    ]),
  ],
  'amqp091/basic.publish.mandatory:emit': [
    publishing(
      'does not know mandatory',
      request('basic.publish', draft => draft.args.mandatory && draft.with({ mandatory: false })),
      ['amqp091/publish/mandatory/*', 'amqp091/{confirm,tx,sender-selected}/**', ...wiredExchanges],
    ),
    publishing('returns a mandatory message that a queue took', returnsRouted(), [
      'amqp091/publish/mandatory/*',
      'amqp091/{confirm,tx,sender-selected}/**',
      ...wiredExchanges,
    ]),
  ],
  'amqp091/basic.publish.unroutable:emit': [
    publishing(
      'returns every message that no queue takes',
      request('basic.publish', draft => !draft.args.mandatory && draft.args.exchange !== '' && draft.with({ mandatory: true })),
      ['amqp091/publish/**', 'amqp091/routing/**', 'amqp091/binding/**', 'amqp091/confirm/**'],
    ),
  ],
  'amqp091/basic.publish.immediate:emit': [
    publishing(
      'does not know immediate',
      request('basic.publish', draft => draft.args.immediate && draft.with({ immediate: false })),
    ),
  ],
  'amqp091/basic.publish.immediate-taken:emit': [
    publishing('returns an immediate message that it delivers', returnsTaken()),
    publishing('queues an immediate message that it returns', queuesReturned()),
  ],
  'amqp091/basic.return.no-consumers:emit': [
    publishing(
      'returns for want of a route what no consumer takes',
      answer('basic.return', draft => draft.args.replyCode === 313 && draft.with({ replyCode: 312 })),
    ),
  ],
  'amqp091/basic.return.no-route:emit': [
    publishing(
      'returns for want of a consumer what has no route',
      answer('basic.return', draft => draft.args.replyCode === 312 && draft.with({ replyCode: 313 })),
      ['amqp091/{publish,tx}/**'],
    ),
  ],
  'amqp091/basic.return.content:emit': [
    publishing(
      'returns a message without its key',
      answer('basic.return', draft => draft.args.routingKey.includes('.') && draft.with({ routingKey: '' })),
    ),
  ],
  'amqp091/basic.deliver.origin:emit': [
    delivering(
      'does not say which exchange a delivery came from',
      answer('basic.deliver', draft => draft.args.exchange !== '' && draft.with({ exchange: '' })),
    ),
    delivering(
      'gives the default exchange a name',
      acknowledged(draft => draft.args.exchange === '' && draft.with({ exchange: 'amq.default' })),
    ),
  ],
  'amqp091/basic.get.empty:emit': [
    getting(
      'does not answer a get when the queue is empty',
      answer('basic.get-empty', (draft, at) => {
        const asked = at.method('to-server', draft.channel);
        return asked?.name === 'basic.get' && !asked.args.noAck && draft.swallowed();
      }),
      ['amqp091/{get,ack,cancel,framing,redelivery,sender-selected}/*', 'amqp091/{queue,tx}/**'],
    ),
  ],
  'amqp091/basic.get.queue-exists:enforce': [
    getting(
      'finds a missing queue empty',
      forgiven({ about: 'basic.get', code: 404, when: namesQueue }, () => method('basic.get-empty')),
    ),
  ],
  'amqp091/basic.get-ok.origin:emit': [
    getting(
      'does not say which exchange a message came from',
      answer('basic.get-ok', draft => draft.args.exchange !== '' && draft.with({ exchange: '' })),
      ['amqp091/get/*', ...wiredExchanges],
    ),
  ],
  'amqp091/basic.get-ok.message-count:emit': [
    getting(
      'counts the message at hand among those left',
      answer('basic.get-ok', draft => draft.with({ messageCount: draft.args.messageCount + 1 })),
    ),
  ],
  'amqp091/domain.delivery-tag.non-zero:emit': [
    getting(
      'gives the third message got the tag zero',
      answer('basic.get-ok', draft => draft.args.deliveryTag === 3n && draft.with({ deliveryTag: 0n })),
      acknowledgements,
    ),
    delivering(
      'gives the sixth delivery the tag zero',
      acknowledged(draft => draft.args.deliveryTag === 6n && draft.with({ deliveryTag: 0n })),
    ),
  ],
  'amqp091/domain.delivery-tag.distinct:emit': [
    getting(
      'gives the third message got the tag of the second',
      answer('basic.get-ok', draft => draft.args.deliveryTag === 3n && draft.with({ deliveryTag: 2n })),
      acknowledgements,
    ),
    delivering(
      'gives the sixth delivery the tag of the fifth',
      acknowledged(draft => draft.args.deliveryTag === 6n && draft.with({ deliveryTag: 5n })),
    ),
  ],
  'amqp091/domain.delivery-tag.channel-local:enforce': [
    acknowledging('calls an unknown delivery tag not found', miscoded(404, { about: 'basic.ack', code: 406 })),
  ],
  'amqp091/domain.redelivered.first:emit': [
    getting(
      'flags every message as redelivered',
      either(
        answer('basic.get-ok', draft => !draft.args.redelivered && draft.with({ redelivered: true })),
        acknowledged(draft => !draft.args.redelivered && draft.with({ redelivered: true })),
      ),
      ['amqp091/get/*', 'amqp091/deliver/*', 'amqp091/redelivery/**'],
    ),
    recovery('takes all that it kept for delivered when it comes back', foundOtherwise(allSent)),
  ],
  'amqp091/domain.redelivered.implementation:emit': [
    acknowledging(
      'never flags a message as redelivered',
      answer(['basic.get-ok', 'basic.deliver'], draft => draft.args.redelivered && draft.with({ redelivered: false })),
      ['amqp091/ack/*', 'amqp091/reject/*', 'amqp091/recover/*', 'amqp091/redelivery/**', 'amqp091/{recover-async,acknowledgement-timeout}/*'],
    ),
    recovery(
      'forgets when it ends what it had delivered',
      foundOtherwise(changes => changes.filter(({ change }) => change !== 'sent')),
    ),
  ],
  'amqp091/4.5.redelivery:emit': [
    acknowledging('drops what is unacknowledged when its channel closes', dropsUnsettled(), acknowledgements),
    recovery('drops when it ends what was delivered and not acknowledged', foundOtherwise(withoutSent)),
  ],
  'amqp091/4.6.not-before:emit': [
    consuming('delivers first and replies to consume and recover then', last(['consuming', 'recovered']), ['amqp091/consume/*', 'amqp091/recover/*']),
  ],
  'amqp091/4.6.thereafter:emit': [consuming('replies to a bind before it routes by it', lateBinding(), ['amqp091/binding/**'])],
  'amqp091/4.7.order:emit': [
    delivering(
      'lets the sixteenth message overtake the fifteenth',
      overtaken(() => fifteenth()),
      ['amqp091/deliver/*', 'amqp091/get/*', 'amqp091/confirm/*', 'amqp091/tx/publish/*', 'amqp091/{competition,redelivery}/*'],
    ),
    recovery('comes back with its messages in reverse', recoveringMessages(reversed)),
  ],
  'amqp091/basic.ack.single:emit': [
    acknowledging(
      'takes every ack for a multiple one',
      request('basic.ack', draft => !draft.args.multiple && draft.with({ multiple: true })),
    ),
    recovery(
      'brings back what was acknowledged',
      forgetting(({ change }) => change === 'remove'),
    ),
  ],
  'amqp091/basic.ack.multiple:emit': [
    acknowledging(
      'settles only the message that a multiple ack names',
      request('basic.ack', draft => draft.args.multiple && draft.args.deliveryTag > 0n && draft.with({ multiple: false })),
    ),
    settlesOneLess,
  ],
  'amqp091/basic.ack.all:emit': [
    acknowledging(
      'settles nothing when a multiple ack names the tag zero',
      request('basic.ack', draft => draft.args.deliveryTag === 0n && draft.swallowed()),
    ),
  ],
  'amqp091/basic.ack.exists:enforce': [
    acknowledging('takes no notice of an ack for nothing', unpunished({ about: 'basic.ack', code: 406 }), [
      'amqp091/{ack,channel,recover,per-consumer-prefetch}/*',
      'amqp091/{qos,redelivery,tx}/**',
    ]),
  ],
  'amqp091/basic.reject.requeue:emit': [
    rejecting(
      'discards what is rejected with requeue',
      request('basic.reject', draft => draft.args.requeue && draft.with({ requeue: false })),
    ),
  ],
  'amqp091/basic.reject.discard:emit': [
    rejecting(
      'requeues whatever is rejected',
      request('basic.reject', draft => !draft.args.requeue && draft.with({ requeue: true })),
    ),
  ],
  'amqp091/basic.reject.exists:enforce': [rejecting('takes no notice of a reject for nothing', unpunished({ about: 'basic.reject', code: 406 }))],
  'amqp091/basic.nack.requeue:emit': [
    nacking(
      'discards what is refused with requeue',
      request('basic.nack', draft => draft.args.requeue && draft.with({ requeue: false })),
    ),
  ],
  'amqp091/basic.nack.discard:emit': [
    nacking(
      'requeues whatever is refused',
      request('basic.nack', draft => !draft.args.requeue && draft.with({ requeue: true })),
    ),
  ],
  'amqp091/basic.nack.multiple:emit': [
    nacking(
      'refuses only the message that a multiple nack names',
      request('basic.nack', draft => draft.args.multiple && draft.args.deliveryTag > 0n && draft.with({ multiple: false })),
    ),
  ],
  'amqp091/basic.nack.all:emit': [
    nacking(
      'refuses nothing when a multiple nack names the tag zero',
      request('basic.nack', draft => draft.args.deliveryTag === 0n && draft.swallowed()),
    ),
  ],
  'amqp091/basic.nack.exists:enforce': [nacking('takes no notice of a nack for nothing', unpunished({ about: 'basic.nack', code: 406 }))],
  'amqp091/basic.reject.while-sending:emit': [rejecting('hears no reject while it sends a message', deafWhileSending('basic.reject'))],
  'amqp091/basic.nack.while-sending:emit': [nacking('hears no nack while it sends a message', deafWhileSending('basic.nack'))],
  'amqp091/basic.recover.recover-ok:emit': [
    recovering(
      'does not answer a recover on a channel that had no messages',
      request('basic.recover', (draft, at) => at.method('to-client', draft.channel)?.name === 'channel.open-ok' && draft.swallowed()),
    ),
  ],
  'amqp091/basic.recover.requeue:emit': [
    recovering(
      'says that it recovered and puts nothing back',
      request('basic.recover', draft => draft.args.requeue && draft.accepted()),
    ),
    recovering(
      'does not answer recover',
      request('basic.recover', draft => draft.swallowed()),
    ),
  ],
  'amqp091/basic.recover.original-recipient:emit': [
    recovering(
      'gives recovered messages to whoever is next',
      answer('basic.deliver', draft => draft.args.redelivered && draft.args.consumerTag === 'first' && draft.with({ consumerTag: 'second' })),
    ),
  ],
  'amqp091/basic.recover.redelivered:emit': [recovering('does not flag recovered messages', recoveredUnflagged())],
} as const satisfies FaultTable;

function getEmpty(channel: number): Frame {
  return { type: 'method', channel, method: method('basic.get-empty') };
}

function without(properties: BasicProperties, name: keyof BasicProperties): BasicProperties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
}

function withoutAppId({ appId: _, ...others }: BasicProperties): BasicProperties {
  return others;
}

function afterTransient(): (publish: CommandOf<'publish'>) => boolean {
  let before: boolean | undefined;
  return ({ message: { persistent } }) => {
    const waits = persistent && before === false;
    before = persistent;
    return waits;
  };
}

function fifteenth(): (publish: CommandOf<'publish'>) => boolean {
  let count = 0;
  return () => {
    count += 1;
    return count === 15;
  };
}

/** Deliveries on channels where they have to be acknowledged. */
function acknowledged(change: (delivery: Draft<'basic.deliver'>) => Change): FrameSeam {
  return knowingConsumers(
    channels => answer('basic.deliver', draft => channels.has(draft.channel) && change(draft)),
    ({ noAck }) => !noAck,
  );
}

function sameTagAgain(): FrameSeam {
  return remembering(() => {
    const first = new Map<number, string>();
    return either(
      answer('basic.consume-ok', ({ channel, args }) => {
        first.set(channel, first.get(channel) ?? args.consumerTag);
        return false;
      }),
      request('basic.consume', draft => {
        const consumerTag = first.get(draft.channel);
        return draft.args.consumerTag === '' && consumerTag !== undefined && draft.with({ consumerTag });
      }),
    );
  });
}

type Consume = Parameters<Parameters<typeof request<'basic.consume'>>[1]>[0];

/** Consumes, with the channel of each tag that the connection gave so far. */
function withTags(change: (tags: ReadonlyMap<string, number>, draft: Consume) => ReturnType<Parameters<typeof request<'basic.consume'>>[1]>): FrameSeam {
  return remembering(() => {
    const tags = new Map<string, number>();
    return request('basic.consume', draft => {
      const wanted = change(tags, draft);
      if (draft.args.consumerTag !== '') tags.set(draft.args.consumerTag, draft.channel);
      return wanted;
    });
  });
}

function tagsPerConnection(): FrameSeam {
  return remembering(() => {
    const tags = new Map<string, number>();
    return refused('basic.consume', 530, ({ args, channel }) => {
      const holder = tags.get(args.consumerTag);
      if (args.consumerTag !== '') tags.set(args.consumerTag, channel);
      return holder !== undefined && holder !== channel;
    });
  });
}

function cancelsForeign(): FrameSeam {
  return remembering(() => {
    const tags = new Map<string, number>();
    const noting = request('basic.consume', ({ args, channel }) => {
      tags.set(args.consumerTag, channel);
      return false;
    });
    const cancelling = request('basic.cancel', draft => {
      const holder = tags.get(draft.args.consumerTag);
      return holder !== undefined && holder !== draft.channel && draft.accepted({ consumerTag: draft.args.consumerTag });
    });
    return either(noting, cancelling);
  });
}

function boundInSpiteOfNoAck(): FrameSeam {
  return remembering(() => {
    const limited = new Set<number>();
    const noting = request('basic.qos', ({ channel }) => {
      limited.add(channel);
      return false;
    });
    return either(
      noting,
      request('basic.consume', draft => draft.args.noAck && limited.has(draft.channel) && draft.with({ noAck: false })),
    );
  });
}

function recoveredUnflagged(): FrameSeam {
  return remembering(() => {
    let recovered = false;
    const noting = request('basic.recover', () => {
      recovered = true;
      return false;
    });
    return either(
      noting,
      answer(['basic.get-ok', 'basic.deliver'], draft => recovered && draft.args.redelivered && draft.with({ redelivered: false })),
    );
  });
}

/** What was got and waits for its acknowledgement is given to one more get on the same queue that would find it empty. */
function handsOutTwice(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const held = new Map<string, EffectOf<'got'>[]>();
      return (each, apply) => {
        const all = apply(each);
        if (each.kind !== 'get' || each.queue === '') return all;
        const queue = held.get(each.queue) ?? [];
        held.set(each.queue, queue);
        if (!each.noAck) queue.push(...all.filter(one => one.kind === 'got'));
        if (!all.some(one => one.kind === 'got-nothing')) return all;
        const again = queue.shift();
        return again === undefined ? all : [{ ...again, connection: each.connection, channel: each.channel, redelivered: true }];
      };
    },
  };
}

function returnsTaken(): EffectSeam {
  return command('publish', (publish, apply) => {
    const all = apply(publish);
    if (!publish.immediate || all.some(one => one.kind === 'return' || one.kind === 'refused')) return all;
    const { connection, channel, message } = publish;
    return [...all, { kind: 'return', connection, channel, code: 313, text: 'no-consumers', message }];
  });
}

function queuesReturned(): EffectSeam {
  return command('publish', (publish, apply) => {
    const all = apply(publish);
    if (!publish.immediate || !all.some(one => one.kind === 'return')) return all;
    return [...all, ...apply({ kind: 'inject', virtualHost: '/', message: publish.message })];
  });
}

function returnsRouted(): EffectSeam {
  return command('publish', (publish, apply) => {
    const all = apply(publish);
    if (!publish.mandatory || all.some(one => one.kind === 'return' || one.kind === 'refused')) return all;
    const { connection, channel, message } = publish;
    return [...all, { kind: 'return', connection, channel, code: 312, text: 'no-route', message }];
  });
}

/** Before a channel goes, what it holds is settled for good. */
function dropsUnsettled(): EffectSeam {
  return knowingHandouts(({ unsettled }) => (command, apply) => {
    if (command.kind !== 'close-channel' && command.kind !== 'disconnect') return apply(command);
    const isGoing = (each: { readonly connection: number; readonly channel: number }) =>
      each.connection === command.connection && (command.kind === 'disconnect' || each.channel === command.channel);
    for (const each of unsettled.filter(isGoing)) apply({ kind: 'settle', multiple: false, outcome: 'discard', ...each });
    return apply(command);
  });
}

/** A bind that comes after a publish on its channel is answered at once and done after the next publish. */
function lateBinding(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const published = new Set<string>();
      let waiting: CommandOf<'bind-queue'> | undefined;
      return (each, apply) => {
        const before = waiting;
        waiting = undefined;
        const path = 'connection' in each && 'channel' in each ? `${each.connection} ${each.channel}` : '';
        if (each.kind === 'publish') published.add(path);
        if (each.kind === 'bind-queue' && published.has(path)) {
          waiting = each;
          const bound: Effect = { kind: 'queue-bound', connection: each.connection, channel: each.channel };
          return before === undefined ? [bound] : [...done(before, apply), bound];
        }
        if (before === undefined) return apply(each);
        return each.kind === 'publish' ? [...apply(each), ...done(before, apply)] : [...done(before, apply), ...apply(each)];
      };
    },
  };
}

function done(bind: CommandOf<'bind-queue'>, apply: Apply): readonly Effect[] {
  return changed(apply(bind), 'queue-bound', () => []);
}

/** What refuses a message never arrives in the moment in which a message is sent. */
function deafWhileSending(refuse: 'basic.reject' | 'basic.nack'): FrameSeam {
  return remembering(() => {
    const sent = new Map<number, number>();
    return either(
      answer('basic.get-ok', ({ channel }, at) => {
        sent.set(channel, at.now);
        return false;
      }),
      request(refuse, (draft, at) => sent.get(draft.channel) === at.now && draft.swallowed()),
    );
  });
}
