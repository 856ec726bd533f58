import { command } from './effect-seam.ts';
import type { FrameSeam } from './fault.ts';
import { published } from './messages.ts';
import { remembering } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { claimsFlushed, forgettingOfGroups, neverFlushes, recoveringDefinitions, recoveringMessages, recovery } from './stores.ts';

const crowding = faultsIn('amqp091/publish/*', 'amqp091/confirm/all/many');

/** What outlives a crowd or a restart. */
export const persistenceFaults = {
  'amqp091/basic.persistent-overflow:emit': [crowding('keeps no more than one hundred persistent messages', keepingOneHundred())],
  'amqp091/queue.declare.durable-restored:emit': [
    recovery(
      'forgets durable queues when it ends',
      recoveringDefinitions('queue', () => undefined),
    ),
    recovery(
      'forgets with what arguments durable queues were declared',
      recoveringDefinitions('queue', queue => ({ ...queue, attributes: { ...(queue.attributes as object), arguments: [] } })),
    ),
  ],
  'amqp091/queue.declare.transient-gone:emit': [
    recovery(
      'keeps transient queues',
      command('declare-queue', (each, apply) => apply(each.durable || each.exclusive || each.passive ? each : { ...each, durable: true })),
      ['amqp091/durability/**', 'amqp091/queue/declare/*'],
    ),
  ],
  'amqp091/exchange.declare.durable-restored:emit': [
    recovery(
      'forgets durable exchanges when it ends',
      recoveringDefinitions('exchange', () => undefined),
    ),
    recovery(
      'brings every exchange back as a fanout',
      recoveringDefinitions('exchange', exchange => ({ ...exchange, attributes: { ...(exchange.attributes as object), type: 'fanout' } })),
    ),
    recovery(
      'forgets the arguments of durable exchanges',
      recoveringDefinitions('exchange', exchange => ({ ...exchange, attributes: { ...(exchange.attributes as object), arguments: [] } })),
    ),
  ],
  'amqp091/exchange.declare.transient-gone:emit': [
    recovery(
      'keeps transient exchanges',
      command('declare-exchange', (each, apply) => apply(each.durable || each.passive ? each : { ...each, durable: true })),
      ['amqp091/durability/**', 'amqp091/exchange/**'],
    ),
  ],
  'amqp091/queue.bind.durable-restored:emit': [
    recovery(
      'forgets bindings when it ends',
      recoveringDefinitions('binding', () => undefined),
    ),
    recovery(
      'forgets the arguments of bindings',
      recoveringDefinitions('binding', binding => ({ ...binding, arguments: [] })),
    ),
  ],
  'amqp091/exchange.bind.durable-restored:emit': [
    recovery(
      'forgets bindings between exchanges when it ends',
      recoveringDefinitions('exchange-binding', () => undefined),
    ),
  ],
  'amqp091/basic.persistent-restored:emit': [
    recovery(
      'comes back without messages',
      recoveringMessages(() => []),
    ),
  ],
  'amqp091/confirm.persistent:emit': [
    recovery('confirms what it never makes durable', neverFlushes()),
    recovery('confirms before what it confirms is durable', claimsFlushed()),
    recovery(
      'loses every tenth message',
      recoveringMessages(all => all.filter((_, at) => at % 10 !== 9)),
    ),
    recovery(
      'comes back with the last message of each queue twice',
      recoveringMessages(all => all.flatMap(each => (each === all.at(-1) ? [each, { ...each, position: each.position + 1 }] : [each]))),
    ),
  ],
  'amqp091/tx.commit.persistent:emit': [
    recovery(
      'stores nothing of a transaction',
      forgettingOfGroups(() => true),
    ),
    recovery(
      'does not store what a transaction acknowledged',
      forgettingOfGroups(({ change }) => change === 'remove'),
    ),
  ],
} as const satisfies FaultTable;

function keepingOneHundred(): FrameSeam {
  return remembering(() => {
    let kept = 0;
    return published(({ properties }) => {
      if (properties.deliveryMode !== 2) return false;
      kept += 1;
      return kept > 100 && [];
    });
  });
}
