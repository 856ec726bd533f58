import type { MethodArguments } from '../spec/amqp091/classes.ts';
import { method } from '../wire/amqp091/codec.ts';
import { acknowledgements, consumers, everywhere, exchanges, leavings, missingQueues } from './areas.ts';
import { forgiven, miscoded, namesQueue } from './departures.ts';
import { changed } from './effect-seam.ts';
import type { EffectSeam, FrameSeam } from './fault.ts';
import { knowingConsumers, knowingHandouts } from './memories.ts';
import { published } from './messages.ts';
import { keepsBindingOfMany } from './rare.ts';
import { declaredAgain, refused, refusedFrom } from './refusals.ts';
import { answer, either, frames, passing, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { forgetting, forgettingDeletions, recovery, storingExclusive } from './stores.ts';
import { knowing, sameBinding } from './topology.ts';

const declaring = faultsIn('amqp091/queue/declare/*');
const binding = faultsIn('amqp091/binding/**');
const purging = faultsIn('amqp091/queue/purge/*');
const deleting = faultsIn('amqp091/queue/delete/*');

type Declare = MethodArguments<'queue.declare'>;

const legalName = /^[a-zA-Z0-9-_.:]*$/;
const longest = 127;
const creates = (args: Declare): boolean => !args.passive;

/** Class queue: declare, bind, unbind, purge and delete. */
export const queueFaults = {
  'amqp091/queue.declare.default-binding:emit': [
    declaring(
      'does not route to a queue by its name',
      published(({ args }) => args.exchange === '' && []),
      everywhere,
    ),
  ],
  'amqp091/queue.declare.minimum:emit': [
    declaring(
      'holds no more than a hundred queues',
      refusedFrom(101, 'queue.declare', 406, ({ args }) => creates(args)),
    ),
  ],
  'amqp091/queue.declare.default-name:emit': [
    declaring(
      'names every nameless queue alike',
      request('queue.declare', draft => creates(draft.args) && draft.args.queue === '' && draft.with({ queue: 'nameless' })),
    ),
  ],
  'amqp091/queue.declare.reserved:enforce': [
    declaring(
      'creates amq.* queues for anyone',
      request('queue.declare', draft => creates(draft.args) && draft.args.queue.startsWith('amq.') && draft.accepted({ queue: draft.args.queue })),
    ),
  ],
  'amqp091/queue.declare.syntax:enforce': [
    declaring(
      'takes any characters in a queue name',
      request('queue.declare', draft => !legalName.test(draft.args.queue) && draft.accepted({ queue: draft.args.queue })),
    ),
  ],
  'amqp091/queue.declare.passive-missing:enforce': [
    declaring(
      'creates the queue that a passive declare only asks for',
      knowing(topology => request('queue.declare', draft => draft.args.passive && !topology.queues.has(draft.args.queue) && draft.with({ passive: false }))),
      [...missingQueues, 'amqp091/framing/*', 'amqp091/content/body-missing', 'amqp091/get/*', 'amqp091/methods/*'],
    ),
  ],
  'amqp091/queue.declare.passive-existing:emit': [
    declaring(
      'holds the other fields of a passive queue.declare against it',
      refused('queue.declare', 406, ({ args }) => args.passive && args.autoDelete),
    ),
  ],
  'amqp091/queue.declare.equivalent:emit': [
    declaring('refuses to declare a queue a second time', refusedAgain(), [
      'amqp091/queue/{declare,equivalent}/*',
      'amqp091/binding/life/*',
      'amqp091/content/header-behind-other-method',
    ]),
  ],
  'amqp091/queue.declare.equivalent:enforce': [
    declaring(
      'keeps the first properties and says that all is well',
      declaredAgain(
        'queue.declare',
        (draft, first) => (draft.args.durable !== first.durable || draft.args.exclusive !== first.exclusive) && draft.accepted({ queue: draft.args.queue }),
      ),
    ),
    declaring(
      'compares no arguments of a queue',
      declaredAgain('queue.declare', (draft, first) => draft.with({ arguments: first.arguments })),
      ['amqp091/queue/**'],
    ),
  ],
  'amqp091/queue.declare.durable-types:emit': [
    declaring(
      'has no transient queues',
      refused('queue.declare', 540, ({ args }) => creates(args) && !args.durable && !args.exclusive && args.queue !== ''),
    ),
    declaring(
      'has no durable queues',
      refused('queue.declare', 540, ({ args }) => creates(args) && args.durable),
      [
        ...acknowledgements,
        'amqp091/{queue,consume,confirm,deliver,publish,qos}/**',
        'amqp091/{cancel,content}/*',
        'amqp091/binding/bind/transient-exchange',
        'amqp091/blocked/*',
        'amqp091/connection/secret-*',
        'amqp091/permission/**',
      ],
    ),
  ],
  'amqp091/queue.declare.exclusive-types:emit': [
    declaring(
      'takes every durable queue for exclusive',
      request('queue.declare', draft => creates(draft.args) && draft.args.durable && draft.with({ exclusive: true })),
      [...acknowledgements, 'amqp091/{queue,consume,qos,permission}/**', 'amqp091/{framing,cancel,content}/*', 'amqp091/connection/secret-*'],
    ),
  ],
  'amqp091/queue.declare.exclusive:enforce': [
    declaring(
      'does not know exclusive',
      request('queue.declare', draft => draft.args.exclusive && draft.with({ exclusive: false })),
      [...leavings, 'amqp091/queue/**', 'amqp091/exchange/auto-delete/connection-closed'],
    ),
  ],
  'amqp091/queue.declare.exclusive-life:emit': [
    declaring('keeps an exclusive queue when its connection is gone', outliving(), [
      ...leavings,
      'amqp091/queue/exclusive/gone-*',
      'amqp091/exchange/auto-delete/connection-closed',
    ]),
    recovery('stores exclusive queues and brings them back', storingExclusive()),
  ],
  'amqp091/queue.declare.auto-delete:emit': [
    declaring(
      'does not know auto-delete',
      request('queue.declare', draft => draft.args.autoDelete && draft.with({ autoDelete: false })),
      ['amqp091/queue/auto-delete/*'],
    ),
  ],
  'amqp091/queue.declare.auto-delete-unused:emit': [
    declaring(
      'deletes an auto-delete queue after a get',
      knowing(topology =>
        request('basic.get', draft => {
          const { queue } = draft.args;
          return topology.queues.get(queue)?.autoDelete === true && draft.followedBy(method('queue.delete', { queue, noWait: true }));
        }),
      ),
      ['amqp091/queue/auto-delete/*'],
    ),
  ],
  'amqp091/queue.declare-ok.name:emit': [
    declaring(
      'declares a queue and names another',
      answer('queue.declare-ok', (draft, at) => {
        const asked = at.method('to-server', draft.channel);
        return asked?.name === 'queue.declare' && asked.args.queue !== '' && draft.with({ queue: `${asked.args.queue}-renamed` });
      }),
      everywhere,
    ),
  ],
  'amqp091/queue.declare-ok.consumer-count:emit': [
    declaring(
      'never counts consumers',
      answer('queue.declare-ok', draft => draft.args.consumerCount > 0 && draft.with({ consumerCount: 0 })),
      ['amqp091/queue/**', 'amqp091/consume/sixteen'],
    ),
  ],
  'amqp091/domain.message-count:emit': [declaring('counts what waits for an acknowledgement', countingUnsettled(), ['amqp091/queue/**'])],
  'amqp091/domain.queue-name.length:enforce': [
    declaring(
      'takes queue names of any length',
      request('queue.declare', draft => draft.args.queue.length > longest && draft.accepted({ queue: draft.args.queue })),
    ),
  ],
  'amqp091/domain.queue-name.current:emit': [
    declaring('does not remember the last declared queue', nameless(false), ['amqp091/queue/current/*', 'amqp091/binding/bind/empty-names']),
  ],
  'amqp091/domain.queue-name.none-declared:enforce': [
    declaring('takes a missing queue name for some queue or other', nameless(true), ['amqp091/queue/unnamed/*']),
  ],
  'amqp091/queue.bind.duplicates:emit': [binding('refuses a binding that is there', againRefused())],
  'amqp091/queue.bind.unique:emit': [
    binding(
      'puts a message into a queue once for each binding',
      knowing(topology =>
        published(message => {
          const { exchange } = message.args;
          const queues = topology.on(exchange).map(each => each.queue);
          const most = Math.max(0, ...queues.map(queue => queues.filter(each => each === queue).length));
          return exchange !== '' && most > 1 && Array.from({ length: most }, () => message);
        }),
      ),
      exchanges,
    ),
  ],
  'amqp091/queue.bind.transient-exchange:emit': [
    binding(
      'binds durable queues to durable exchanges only',
      knowing(topology =>
        refused('queue.bind', 406, ({ args }) => topology.queues.get(args.queue)?.durable === true && !topology.durableExchanges.has(args.exchange)),
      ),
      ['amqp091/{binding,permission,tx}/**'],
    ),
  ],
  'amqp091/queue.bind.binding-count:emit': [
    binding(
      'allows three bindings to a queue',
      knowing(topology => refused('queue.bind', 406, ({ args }) => topology.bindings.filter(each => each.queue === args.queue).length >= 3)),
    ),
  ],
  'amqp091/queue.bind.queue-exists:enforce': [
    binding(
      'says that a missing queue was bound',
      forgiven({ about: 'queue.bind', code: 404, when: namesQueue }, () => method('queue.bind-ok')),
    ),
  ],
  'amqp091/queue.bind.exchange-exists:enforce': [
    binding('calls a missing exchange locked', miscoded(405, { about: 'queue.bind', code: 404, when: namesQueue })),
  ],
  'amqp091/queue.bind.default-exchange:emit': [
    binding(
      'lets nobody bind to the default exchange',
      refused('queue.bind', 403, ({ args }) => args.exchange === ''),
    ),
  ],
  'amqp091/queue.bind.key-from-queue:emit': [
    binding(
      'binds with the empty key where names are left out',
      knowing(topology =>
        request('queue.bind', draft => {
          const last = [...topology.queues.keys()].at(-1);
          return draft.args.queue === '' && draft.args.routingKey === '' && last !== undefined && draft.with({ routingKey: 'left-out' });
        }),
      ),
    ),
  ],
  'amqp091/queue.bind.empty-key:emit': [
    binding(
      'takes the name of the queue for an empty key',
      knowing(topology =>
        request(
          ['queue.bind', 'queue.unbind'],
          draft =>
            draft.args.queue !== '' &&
            draft.args.routingKey === '' &&
            topology.exchangeTypes.get(draft.args.exchange) === 'direct' &&
            draft.with({ routingKey: draft.args.queue }),
        ),
      ),
    ),
  ],
  'amqp091/3.1.5.binding-life:emit': [binding('keeps the bindings of a deleted queue for the next of its name', inherited())],
  'amqp091/queue.unbind.effect:emit': [
    binding(
      'confirms an unbind that it does not do',
      knowing(topology => request('queue.unbind', draft => topology.on(draft.args.exchange).length > 1 && draft.accepted())),
      ['amqp091/binding/**', 'amqp091/exchange/auto-delete/*', 'amqp091/routing/topic/rebound'],
    ),
    keepsBindingOfMany,
    recovery('brings back bindings that were taken away', forgettingDeletions('binding')),
  ],
  'amqp091/queue.unbind.default-exchange:emit': [
    binding(
      'confirms an unbind from the default exchange that it does not do',
      request('queue.unbind', draft => draft.args.exchange === '' && draft.accepted()),
    ),
  ],
  'amqp091/queue.unbind.queue-exists:enforce': [
    binding(
      'says that a missing queue was unbound',
      forgiven({ about: 'queue.unbind', code: 404, when: namesQueue }, () => method('queue.unbind-ok')),
    ),
  ],
  'amqp091/queue.unbind.exchange-exists:enforce': [
    binding('calls a missing exchange locked when a queue is unbound', miscoded(405, { about: 'queue.unbind', code: 404, when: namesQueue })),
  ],
  'amqp091/queue.purge.effect:emit': [
    purging(
      'miscounts what it purges',
      answer('queue.purge-ok', draft => draft.args.messageCount > 0 && draft.with({ messageCount: draft.args.messageCount - 1 })),
      ['amqp091/queue/purge/*', 'amqp091/tx/others/*'],
    ),
    purging(
      'confirms a purge that it does not do',
      knowing(topology => request('queue.purge', draft => topology.queues.has(draft.args.queue) && draft.accepted({ messageCount: 3 }))),
      ['amqp091/queue/purge/*', 'amqp091/tx/others/*'],
    ),
    recovery(
      'brings back what was purged',
      forgetting(({ change }) => change === 'remove'),
    ),
  ],
  'amqp091/queue.purge.unacknowledged:emit': [purging('purges what waits for an acknowledgement as well', purgingAll())],
  'amqp091/queue.purge.exists:enforce': [
    purging(
      'says that a missing queue was purged',
      forgiven({ about: 'queue.purge', code: 404, when: namesQueue }, () => method('queue.purge-ok')),
    ),
  ],
  'amqp091/queue.delete.effect:emit': [
    deleting(
      'confirms the delete of a queue that stays',
      knowing(topology =>
        request(
          'queue.delete',
          draft => topology.queues.has(draft.args.queue) && !draft.args.noWait && !draft.args.ifUnused && !draft.args.ifEmpty && draft.accepted(),
        ),
      ),
      ['amqp091/queue/delete/*', 'amqp091/binding/life/*', 'amqp091/cancel/*', 'amqp091/exchange/auto-delete/*', 'amqp091/tx/others/*'],
    ),
    deleting(
      'miscounts what it deletes',
      answer('queue.delete-ok', draft => draft.with({ messageCount: draft.args.messageCount + 1 })),
    ),
    recovery('brings back queues that were deleted', forgettingDeletions('queue')),
  ],
  'amqp091/queue.delete.exists:enforce': [
    deleting(
      'says that a missing queue was deleted',
      forgiven({ about: 'queue.delete', code: 404, when: namesQueue }, () => method('queue.delete-ok')),
    ),
  ],
  'amqp091/queue.delete.in-use:enforce': [
    deleting(
      'does not know if-unused of queue.delete',
      request('queue.delete', draft => draft.args.ifUnused && draft.with({ ifUnused: false })),
    ),
  ],
  'amqp091/queue.delete.not-empty:enforce': [
    deleting(
      'does not know if-empty',
      request('queue.delete', draft => draft.args.ifEmpty && draft.with({ ifEmpty: false })),
    ),
  ],
  'amqp091/3.1.4.one-reader:emit': [declaring('hands a message to every consumer of the queue', toEveryConsumer(), consumers)],
  'amqp091/4.4.visibility:emit': [
    declaring(
      'finds a queue only on the connection that declared it',
      knowing(topology => refused('queue.declare', 404, ({ args }) => args.passive && !topology.queues.has(args.queue))),
      ['amqp091/{queue,redelivery,tx,permission}/**', 'amqp091/{fields,methods,channel,content}/*', 'amqp091/direct-reply-to/**'],
    ),
  ],
} as const satisfies FaultTable;

function refusedAgain(): FrameSeam {
  return remembering(() => {
    const known = new Set<string>();
    return refused('queue.declare', 406, ({ args }) => {
      if (args.passive || args.queue === '') return false;
      const key = `${args.queue} ${args.durable} ${args.exclusive}`;
      const again = known.has(key);
      known.add(key);
      return again;
    });
  });
}

function againRefused(): FrameSeam {
  return knowing(topology => refused('queue.bind', 406, ({ args }) => topology.on(args.exchange).some(each => sameBinding(each, args))));
}

/** The server never learns that a connection with exclusive queues, and no consumers, has ended. */
function outliving(): FrameSeam {
  return knowing(topology =>
    knowingConsumers(channels => {
      const outlives = () => channels.size === 0 && [...topology.queues.values()].some(args => args.exclusive);
      return either(
        request('connection.close', draft => outlives() && draft.accepted()),
        passing('to-server', 'end', () => outlives() && {}),
      );
    }),
  );
}

/** Adds what the connection took with get and has not acknowledged to the count of a queue. */
function countingUnsettled(): FrameSeam {
  return remembering(() => {
    const held = new Map<string, number>();
    const counting = answer('queue.declare-ok', draft => {
      const more = held.get(draft.args.queue) ?? 0;
      return more > 0 && draft.with({ messageCount: draft.args.messageCount + more });
    });
    const noting = frames((seen, at) => {
      if (seen.what !== 'frame' || seen.frame.type !== 'method' || seen.frame.method.name !== 'basic.get-ok') return 'pass';
      const asked = at.method('to-server', seen.channel);
      if (asked?.name === 'basic.get' && !asked.args.noAck) held.set(asked.args.queue, (held.get(asked.args.queue) ?? 0) + 1);
      return 'pass';
    });
    return either(counting, noting);
  });
}

/** Requests without a queue name: refused although a queue was declared, or done although none was. */
function nameless(accepts: boolean): FrameSeam {
  return remembering(() => {
    const declared = new Set<number>();
    const noting = request('queue.declare', draft => {
      if (!draft.args.passive) declared.add(draft.channel);
      return false;
    });
    const names = ['queue.bind', 'queue.unbind', 'queue.purge', 'queue.delete', 'basic.consume', 'basic.get'] as const;
    const accepting = request(names, draft => draft.args.queue === '' && !declared.has(draft.channel) && draft.accepted());
    const refusing = refused(names, 404, draft => draft.args.queue === '' && declared.has(draft.channel));
    return either(noting, accepts ? accepting : refusing);
  });
}

function inherited(): FrameSeam {
  return knowing(topology =>
    request('queue.declare', draft => {
      const { queue } = draft.args;
      const old = topology.bindings.filter(each => each.queue === queue);
      return topology.deleted.has(queue) && draft.followedBy(...old.map(args => method('queue.bind', { ...args, noWait: true })));
    }),
  );
}

/** Before a purge, what was handed out from the queue and not settled is settled for good. */
function purgingAll(): EffectSeam {
  return knowingHandouts(({ unsettled }) => (command, apply) => {
    if (command.kind !== 'purge-queue') return apply(command);
    const held = unsettled.filter(({ queue }) => queue === command.queue);
    for (const each of held) apply({ kind: 'settle', multiple: false, outcome: 'discard', ...each });
    return apply(command);
  });
}

/** What goes to one consumer of a queue goes to all others as well. */
function toEveryConsumer(): EffectSeam {
  return knowingHandouts(
    handouts => (command, apply) =>
      changed(apply(command), 'deliver', delivery => {
        const taker = handouts.consumer(delivery.connection, delivery.channel, delivery.consumerTag);
        const others = handouts.consumers.filter(each => each !== taker && each.queue === taker?.queue);
        return [delivery, ...others.map(({ connection, channel, consumerTag }) => ({ ...delivery, connection, channel, consumerTag }))];
      }),
  );
}
