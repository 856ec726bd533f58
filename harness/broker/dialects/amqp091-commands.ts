import type { Method, MethodArguments, MethodName } from '../../spec/amqp091/classes.ts';
import type { Command, ConnectionId, Outcome } from '../vocabulary.ts';

interface At {
  readonly connection: ConnectionId;
  readonly channel: number;
}

type Translators = { readonly [N in MethodName]?: (args: MethodArguments<N>, at: At) => Command };

/** What each method of a client without content asks of the broker. */
const translators: Translators = {
  'channel.open': (_, at) => ({ kind: 'open-channel', ...at }),
  'channel.close': (_, at) => ({ kind: 'close-channel', ...at }),
  'channel.flow': ({ active }, at) => ({ kind: 'flow', ...at, active }),
  'exchange.declare': (args, at) => ({ kind: 'declare-exchange', ...args, ...at }),
  'exchange.delete': (args, at) => ({ kind: 'delete-exchange', ...args, ...at }),
  'exchange.bind': (args, at) => ({ kind: 'bind-exchange', ...args, ...at }),
  'exchange.unbind': (args, at) => ({ kind: 'unbind-exchange', ...args, ...at }),
  'queue.declare': (args, at) => ({ kind: 'declare-queue', ...args, ...at }),
  'queue.bind': (args, at) => ({ kind: 'bind-queue', ...args, ...at }),
  'queue.unbind': (args, at) => ({ kind: 'unbind-queue', ...args, ...at }),
  'queue.purge': (args, at) => ({ kind: 'purge-queue', ...args, ...at }),
  'queue.delete': (args, at) => ({ kind: 'delete-queue', ...args, ...at }),
  'basic.qos': (args, at) => ({ kind: 'limit-prefetch', ...args, ...at }),
  'basic.consume': (args, at) => ({ kind: 'consume', ...args, ...at }),
  'basic.cancel': (args, at) => ({ kind: 'cancel', ...args, ...at }),
  'basic.get': (args, at) => ({ kind: 'get', ...args, ...at }),
  'basic.ack': ({ deliveryTag, multiple }, at) => settle(at, deliveryTag, multiple, 'accept'),
  'basic.reject': ({ deliveryTag, requeue }, at) => settle(at, deliveryTag, false, requeue ? 'requeue' : 'discard'),
  'basic.nack': ({ deliveryTag, multiple, requeue }, at) => settle(at, deliveryTag, multiple, requeue ? 'requeue' : 'discard'),
  'basic.recover': ({ requeue }, at) => ({ kind: 'recover', ...at, requeue, noWait: false }),
  'basic.recover-async': ({ requeue }, at) => ({ kind: 'recover', ...at, requeue, noWait: true }),
  'confirm.select': (args, at) => ({ kind: 'select-confirm', ...args, ...at }),
  'tx.select': (_, at) => ({ kind: 'select-transaction', ...at }),
  'tx.commit': (_, at) => ({ kind: 'commit', ...at }),
  'tx.rollback': (_, at) => ({ kind: 'roll-back', ...at }),
};

/** The command that stands for a method; undefined: the broker knows none. */
export function commandOf(connection: ConnectionId, channel: number, { name, args }: Method): Command | undefined {
  const translate = translators[name] as ((args: unknown, at: At) => Command) | undefined;
  return translate?.(args, { connection, channel });
}

/** A tag beyond 2^53 was never given out; whatever it is rounded to is as unknown. */
function settle(at: At, deliveryTag: bigint, multiple: boolean, outcome: Outcome): Command {
  return { kind: 'settle', ...at, deliveryTag: Number(deliveryTag), multiple, outcome };
}

/** Methods of a client that need nothing done: the answer to what we asked. */
export const answers: ReadonlySet<MethodName> = new Set(['channel.close-ok', 'channel.flow-ok', 'basic.cancel-ok', 'connection.close-ok']);
