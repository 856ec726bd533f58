import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { method } from '../wire/amqp091/codec.ts';
import type { EffectSeam, FrameSeam } from './fault.ts';
import {
  buries,
  buriesWithQueue,
  comesBackAsNew,
  deathsIn,
  diesOnce,
  entries,
  field,
  header,
  headers,
  letters,
  lost,
  propertiesWith,
  says,
} from './letters.ts';
import { knowingHandouts } from './memories.ts';
import { published } from './messages.ts';
import { altered, argumentOf, counted, ignored, isNoNumber, isNoText, number, numberOf, text, textIn, withArgument } from './queue-arguments.ts';
import { declaredAgain, refused, refusedFrom } from './refusals.ts';
import { answer, either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { knowing } from './topology.ts';

/** Lives, lengths, deaths and priorities are asked for together, so that a fault in one shows in the others. */
const queues = faultsIn(
  'amqp091/{message-ttl,queue-expiry,queue-length,dead-letter,message-priority,priority,queue-arguments}/**',
  'amqp091/field-types/dead-letter',
  'amqp091/queue/equivalent/*',
);

/** How long messages and queues live. */
const lifetimeFaults = {
  'amqp091/message-ttl.queue:emit': [queues('knows no x-message-ttl', ignored('x-message-ttl'))],
  'amqp091/message-ttl.message:emit': [
    queues(
      'knows no expiration',
      expirations(() => undefined),
    ),
    queues(
      'hands out what expired behind another message',
      expirations((given, behind) => (behind ? undefined : given)),
    ),
  ],
  'amqp091/message-ttl.waits:emit': [
    queues(
      'lets nothing wait where there is a time to live',
      altered('x-message-ttl', value => counted(value, () => 0)),
    ),
    queues(
      'lets no message wait that has an expiration',
      expirations(() => '0'),
    ),
  ],
  'amqp091/message-ttl.minimum:emit': [
    queues(
      'goes by the queue where both say something',
      expirations(() => undefined),
    ),
    queues('goes by the message where both say something', ignored('x-message-ttl')),
  ],
  'amqp091/message-ttl.zero:emit': [
    queues('takes an x-message-ttl of zero for none', ignored('x-message-ttl', isZero)),
    queues(
      'takes an expiration of zero for none',
      expirations(given => (given === '0' ? undefined : given)),
    ),
  ],
  'amqp091/message-ttl.requeue:emit': [queues('counts the time to live anew when a message comes back', where('x-message-ttl', comesBackAsNew))],
  'amqp091/message-ttl.each-queue:emit': [queues('lets a message expire in all queues when it does in one', contagious('x-message-ttl'))],
  'amqp091/message-ttl.expiration-syntax:enforce': [
    queues(
      'takes an expiration that is none for no limit',
      expirations(given => (/^\d+$/.test(given) ? given : undefined)),
    ),
  ],
  'amqp091/message-ttl.argument:enforce': [queues('overlooks an x-message-ttl that is none', ignored('x-message-ttl', isNoNumber(0)))],
  'amqp091/queue-expiry.unused:emit': [queues('knows no x-expires', ignored('x-expires'))],
  'amqp091/queue-expiry.consumers:emit': [
    queues(
      'lets a queue expire that only has consumers',
      knowing(topology =>
        request('basic.consume', draft => {
          const all = topology.queues.get(draft.args.queue)?.arguments ?? [];
          return argumentOf(all, 'x-expires') !== undefined && draft.accepted({ consumerTag: draft.args.consumerTag || 'nobody' });
        }),
      ),
    ),
  ],
  'amqp091/queue-expiry.renewal:emit': [
    queues(
      'takes no get for a use',
      where('x-expires', () => firstTwo(() => request('basic.get', draft => draft.answered(method('basic.get-empty'))))),
      [
        'amqp091/{message-ttl,queue-expiry,queue-length,dead-letter,message-priority,priority,queue-arguments}/**',
        'amqp091/connection/secret-*',
        'amqp091/permission/**',
        'amqp091/virtual-host/*',
      ],
    ),
    queues(
      'takes no declare for a use',
      where('x-expires', () => firstTwo(() => declaredAgain('queue.declare', draft => draft.accepted({ queue: draft.args.queue, messageCount: 1 })))),
    ),
  ],
  'amqp091/queue-expiry.argument:enforce': [queues('overlooks an x-expires that is none', ignored('x-expires', isNoNumber(1)))],
} as const satisfies FaultTable;

/** How long queues may become. */
const lengthFaults = {
  'amqp091/queue-length.messages:emit': [
    queues('knows no x-max-length', ignored('x-max-length')),
    queues(
      'holds one message more',
      altered('x-max-length', value => counted(value, given => given + 1)),
    ),
    queues(
      'drops the latest',
      overflowing('reject-publish', given => given === undefined || given === 'drop-head'),
    ),
  ],
  'amqp091/queue-length.octets:emit': [
    queues('knows no x-max-length-bytes', ignored('x-max-length-bytes')),
    queues(
      'holds as many octets again',
      altered('x-max-length-bytes', value => counted(value, given => 2 * given)),
    ),
    queues(
      'counts properties too',
      knowing(topology =>
        published(message => {
          const limit = argumentOf(topology.queues.get(message.args.routingKey)?.arguments ?? [], 'x-max-length-bytes');
          return limit !== undefined && message.header.raw.length > numberOf(limit) && [];
        }),
      ),
    ),
  ],
  'amqp091/queue-length.both:emit': [
    queues(
      'goes by octets where both are limited',
      ignored('x-max-length', (_, all) => argumentOf(all, 'x-max-length-bytes') !== undefined),
    ),
    queues(
      'goes by messages where both are limited',
      ignored('x-max-length-bytes', (_, all) => argumentOf(all, 'x-max-length') !== undefined),
    ),
  ],
  'amqp091/queue-length.ready:emit': [queues('counts what is held by consumers', countsHeld())],
  'amqp091/queue-length.drop-head-confirms:emit': [
    queues(
      'confirms with a nack what it has no room for at first',
      where('x-max-length', () => answer('basic.ack', draft => draft.args.deliveryTag > 2n && method('basic.nack', { ...draft.args, requeue: false }))),
    ),
  ],
  'amqp091/queue-length.reject-publish:emit': [
    queues(
      'drops the head whatever it is told',
      overflowing('drop-head', () => true),
    ),
    queues(
      'holds one message more and rejects then',
      altered('x-max-length', (value, all) => (rejects(all) ? counted(value, given => given + 1) : value)),
    ),
  ],
  'amqp091/queue-length.nack:emit': [
    queues(
      'confirms with an ack what it drops',
      answer('basic.nack', ({ args: { deliveryTag, multiple } }) => method('basic.ack', { deliveryTag, multiple })),
    ),
  ],
  'amqp091/queue-length.other-queues:emit': [queues('gives a message to no queue when one is full', contagious('x-max-length', 'x-overflow'))],
  'amqp091/queue-length.reject-publish-dlx:emit': [
    queues(
      'makes no letters of what it does not take',
      overflowing('reject-publish', given => given === 'reject-publish-dlx'),
    ),
    queues(
      'makes letters of all that it does not take',
      overflowing('reject-publish-dlx', given => given === 'reject-publish'),
    ),
  ],
  'amqp091/queue-length.argument:enforce': [
    queues(
      'overlooks limits that are none',
      either(
        ignored('x-max-length', isNoNumber(0)),
        ignored('x-max-length-bytes', isNoNumber(0)),
        ignored('x-overflow', (_, all) => !['drop-head', 'reject-publish', 'reject-publish-dlx'].includes(textIn(all, 'x-overflow') ?? '')),
      ),
    ),
  ],
} as const satisfies FaultTable;

/** What becomes of messages that a queue gives up. */
const deadLetterFaults = {
  'amqp091/dead-letter.rejected:emit': [queues('drops what is rejected', lost('rejected'))],
  'amqp091/dead-letter.expired:emit': [queues('drops what expires', lost('expired'))],
  'amqp091/dead-letter.maxlen:emit': [queues('drops what is too much', lost('maxlen'))],
  'amqp091/dead-letter.nothing-else:emit': [
    queues(
      'makes letters of what is acknowledged',
      where('x-dead-letter-exchange', () => request('basic.ack', ({ args: { deliveryTag } }) => method('basic.reject', { deliveryTag, requeue: false }))),
    ),
    queues(
      'makes letters of what is requeued',
      where('x-dead-letter-exchange', () => request('basic.reject', draft => draft.args.requeue && draft.with({ requeue: false }))),
    ),
    queues('makes letters of what is purged', buries('queue.purge')),
    queues('makes letters of what goes with its queue', buries('queue.delete')),
    queues('makes letters when a queue expires', buriesWithQueue()),
  ],
  'amqp091/dead-letter.message:emit': [
    queues(
      'loses properties of a letter',
      letters(letter => letter.with({ properties: propertiesWith(letter.properties, { correlationId: undefined }) })),
    ),
    queues(
      'loses headers of a letter',
      headers(all => all.filter(([name]) => name.startsWith('x-'))),
    ),
    queues(
      'cuts the body of a letter',
      letters(letter => letter.with({ body: letter.body.subarray(1) })),
    ),
  ],
  'amqp091/dead-letter.exchange-name:emit': [
    queues(
      'leaves a letter the exchange it had',
      letters((letter, all) => letter.with({ args: { exchange: textIn(deathsIn(all)[0] ?? [], 'exchange') ?? '' } })),
    ),
  ],
  'amqp091/dead-letter.own-keys:emit': [
    queues(
      'uses the name of the queue as key',
      request('queue.declare', draft => {
        const { arguments: all, queue } = draft.args;
        const keyless = textIn(all, 'x-dead-letter-exchange') !== undefined && textIn(all, 'x-dead-letter-routing-key') === undefined;
        return keyless && draft.with({ arguments: withArgument(all, 'x-dead-letter-routing-key', text(queue)) });
      }),
    ),
    queues(
      'gives a letter no key',
      letters(letter => letter.with({ args: { routingKey: '' } })),
    ),
  ],
  'amqp091/dead-letter.routing-key:emit': [queues('knows no x-dead-letter-routing-key', ignored('x-dead-letter-routing-key'))],
  'amqp091/dead-letter.missing-exchange:emit': [
    queues(
      'wants the dead letter exchange to be there',
      knowing(topology =>
        refused('queue.declare', 404, ({ args }) => {
          const exchange = textIn(args.arguments, 'x-dead-letter-exchange');
          return exchange !== undefined && !topology.exchangeTypes.has(exchange);
        }),
      ),
      ['amqp091/{message-ttl,queue-expiry,queue-length,dead-letter,message-priority,priority,queue-arguments}/**', 'amqp091/permission/**'],
    ),
  ],
  'amqp091/dead-letter.x-death:emit': [
    queues(
      'writes no x-death',
      header('x-death', () => undefined),
    ),
    queues('gives every reason as one', field('reason', text('dead'))),
    queues('counts each death twice', field('count', number(2))),
    queues('forgets the routing keys', field('routing-keys', undefined)),
    queues('says when as a number', field('time', number(1))),
  ],
  'amqp091/dead-letter.x-death-order:emit': [
    queues(
      'tells of the first death first',
      entries(all => [...all].reverse()),
    ),
    queues('never counts', field('count', { type: 'long-long-int', value: 1n })),
  ],
  'amqp091/dead-letter.expiration:emit': [
    queues(
      'leaves a letter its expiration',
      letters((letter, all) => {
        const expiration = textIn(deathsIn(all)[0] ?? [], 'original-expiration');
        return expiration !== undefined && letter.with({ properties: { ...letter.properties, expiration } });
      }),
    ),
    queues('forgets the expiration', field('original-expiration', undefined)),
    queues(
      'lets a letter expire again',
      letters((_, all) => textIn(deathsIn(all)[0] ?? [], 'original-expiration') !== undefined && 'lost'),
    ),
  ],
  'amqp091/dead-letter.first-death:emit': [queues('tells of the last death as the first', says('first', 'last'))],
  'amqp091/dead-letter.last-death:emit': [queues('tells of the first death as the last', says('last', 'first'))],
  'amqp091/dead-letter.cycle:emit': [
    queues(
      'keeps what goes in circles',
      ignored('x-message-ttl', (_, all) => textIn(all, 'x-dead-letter-exchange') === ''),
    ),
  ],
  'amqp091/dead-letter.cycle-with-rejection:emit': [queues('lets a message come back once', diesOnce())],
  'amqp091/dead-letter.argument:enforce': [
    queues('overlooks names that are none', either(ignored('x-dead-letter-exchange', isNoText), ignored('x-dead-letter-routing-key', isNoText))),
  ],
} as const satisfies FaultTable;

/** Which message of a queue comes first. */
const priorityFaults = {
  'amqp091/basic.two-priorities:emit': [queues('tells no priorities apart', priorities(5))],
  'amqp091/message-priority.order:emit': [
    queues(
      'tells no priorities apart in queues that have them',
      where('x-max-priority', () => priorities(0)),
    ),
  ],
  'amqp091/message-priority.absent:emit': [
    queues(
      'takes none for a middle priority',
      where('x-max-priority', () =>
        published(message => message.properties.priority === undefined && message.with({ properties: { ...message.properties, priority: 4 } })),
      ),
    ),
  ],
  'amqp091/message-priority.above:emit': [queues('goes by priorities that a queue does not have', ignored('x-max-priority'))],
  'amqp091/message-priority.requeue:emit': [queues('puts what comes back behind its equals', where('x-max-priority', comesBackAsNew))],
  'amqp091/message-priority.argument:enforce': [queues('overlooks an x-max-priority that is none', ignored('x-max-priority', isNoNumber(1, 255)))],
  'amqp091/queue-arguments.equivalent:emit': [
    queues(
      'declares no queue with optional arguments again',
      refusedFrom(
        2,
        'queue.declare',
        406,
        ({ args }) => argumentOf(args.arguments, 'x-message-ttl') !== undefined && argumentOf(args.arguments, 'x-max-length') !== undefined,
      ),
    ),
  ],
  'amqp091/queue-arguments.equivalent:enforce': [
    queues(
      'compares no optional arguments',
      declaredAgain(
        'queue.declare',
        (draft, first) => argumentOf(first.arguments, 'x-message-ttl') !== undefined && draft.with({ arguments: first.arguments }),
      ),
    ),
  ],
} as const satisfies FaultTable;

/** Extensions of queues: times to live, lengths, dead letters, priorities. */
export const queueExtensionFaults = { ...lifetimeFaults, ...lengthFaults, ...deadLetterFaults, ...priorityFaults } as const satisfies FaultTable;

function isZero(value: FieldValue): boolean {
  return numberOf(value) === 0;
}

function rejects(all: FieldTable): boolean {
  return textIn(all, 'x-overflow')?.startsWith('reject') ?? false;
}

/** Messages arrive with another expiration; undefined: none. `behind`: a message without one went to the same key before. */
function expirations(change: (given: string, behind: boolean) => string | undefined): FrameSeam {
  return knowing(topology => {
    const lasting = new Set<string>();
    return published(message => {
      const { args, properties } = message;
      if ((topology.queues.get(args.routingKey)?.arguments ?? []).length === 0) return false;
      const given = properties.expiration;
      if (given === undefined) lasting.add(args.routingKey);
      if (given === undefined) return false;
      const expiration = change(given, lasting.has(args.routingKey));
      return expiration !== given && message.with({ properties: propertiesWith(properties, { expiration }) });
    });
  });
}

/** Messages arrive with priority zero where theirs is higher, and `least` or more. */
function priorities(least: number): FrameSeam {
  return published(message => {
    const { priority = 0 } = message.properties;
    return priority > 0 && priority >= least && message.with({ properties: { ...message.properties, priority: 0 } });
  });
}

/** A seam that does nothing on a connection before a queue was declared there with this argument. */
function where(name: string, make: () => FrameSeam): FrameSeam {
  return knowing(topology => {
    const filter = make().start();
    const known = () => [...topology.queues.values()].some(({ arguments: all }) => argumentOf(all, name) !== undefined);
    return {
      kind: 'frames',
      start: () => (passing, at) => {
        const rewrite = filter(passing, at);
        return known() ? rewrite : 'pass';
      },
    };
  });
}

/** Once a queue was declared with these arguments, every later one of the connection gets them too. */
function contagious(...names: readonly string[]): FrameSeam {
  return remembering(() => {
    let caught: FieldTable = [];
    return request('queue.declare', draft => {
      const own = draft.args.arguments;
      const missing = caught.filter(([name]) => argumentOf(own, name) === undefined);
      const given = own.filter(([name]) => names.includes(name));
      if (given.length > 0) caught = given;
      return !draft.args.passive && missing.length > 0 && draft.with({ arguments: [...own, ...missing] });
    });
  });
}

/** Queues that are limited and whose overflow, or lack of one, is meant get this one. */
function overflowing(overflow: string, meant: (given: string | undefined) => boolean): FrameSeam {
  return request('queue.declare', draft => {
    const all = draft.args.arguments;
    const limited = argumentOf(all, 'x-max-length') !== undefined || argumentOf(all, 'x-max-length-bytes') !== undefined;
    const given = textIn(all, 'x-overflow');
    return limited && given !== overflow && meant(given) && draft.with({ arguments: withArgument(all, 'x-overflow', text(overflow)) });
  });
}

/** The seam rewrites twice on each connection and never again. */
function firstTwo(make: () => FrameSeam): FrameSeam {
  return remembering(() => {
    let count = 0;
    const filter = make().start();
    return {
      kind: 'frames',
      start: () => (passing, at) => {
        const rewrite = filter(passing, at);
        if (typeof rewrite !== 'object') return rewrite;
        count += 1;
        return count <= 2 ? rewrite : 'pass';
      },
    };
  });
}

/** What is published to a queue with x-max-length never arrives while consumers hold as many messages. */
function countsHeld(): EffectSeam {
  return knowingHandouts(({ unsettled }) => {
    const limits = new Map<string, number>();
    return (command, apply) => {
      if (command.kind === 'declare-queue') {
        const limit = argumentOf(command.arguments, 'x-max-length');
        if (limit !== undefined) limits.set(command.queue, numberOf(limit));
      }
      if (command.kind !== 'publish') return apply(command);
      const { routingKey } = command.message;
      const held = unsettled.filter(({ queue }) => queue === routingKey).length;
      return held > 0 && held >= (limits.get(routingKey) ?? Number.POSITIVE_INFINITY) ? [] : apply(command);
    };
  });
}
