import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { holdIfFull } from './holding.ts';
import { modify } from './modification.ts';
import type { Queue } from './queue.ts';
import { preconditionFailed } from './refusal.ts';
import { place } from './routing.ts';
import type { Channel } from './session.ts';
import { SharedTransaction } from './shared-transaction.ts';
import type { CommandOf, EffectOf, Refusal, TransactionId } from './vocabulary.ts';

export function beginTransaction(core: Core, channel: Channel, { transaction }: CommandOf<'begin-transaction'>): Refusal | undefined {
  const { transactions } = channel.connection;
  if (transactions.has(transaction)) return preconditionFailed(`there is a transaction ${transaction} already`);
  transactions.set(transaction, new SharedTransaction(channel));
  core.emit({ kind: 'transaction-begun', connection: channel.connection.id, channel: channel.number, transaction });
  return undefined;
}

/** Carries out all that waited, in its order, as one change of what is stored, or none of it. */
export function discharge(core: Core, channel: Channel, { transaction: id, fail }: CommandOf<'discharge'>): Refusal | undefined {
  const { connection } = channel;
  const transaction = connection.transactions.get(id);
  if (transaction === undefined || transaction.controller !== channel) {
    tell(core, channel, id, 'unknown');
    return undefined;
  }
  const broken = transaction.work.some(promisesWhatIsGone);
  if (fail || broken) {
    rollBackShared(core, channel, id);
    tell(core, channel, id, fail ? 'rolled-back' : 'failed');
    return undefined;
  }
  end(core, channel, id, transaction);
  const queues = new Set<Queue>();
  const consumers = new Set<Consumer>();
  const stores = core.persistTogether(channel, () => carryOut(core, transaction, queues, consumers), id);
  core.dispatcher.serve(channel, queues, consumers);
  holdIfFull(core, connection);
  if (!stores) tell(core, channel, id, 'committed');
  return undefined;
}

/** Whether a message was taken for queues none of which is there any more. */
function promisesWhatIsGone(work: SharedTransaction['work'][number]): boolean {
  return 'dispatch' in work && work.dispatch.queues.length > 0 && work.dispatch.queues.every(({ deleted }) => deleted);
}

function carryOut(core: Core, { work }: SharedTransaction, queues: Set<Queue>, consumers: Set<Consumer>): void {
  for (const each of work) {
    if ('dispatch' in each) place(core, each.channel, each.dispatch, queues);
    else {
      const entry = each.entry ?? each.channel.ledger.take(each.deliveryTag);
      if (entry === undefined) continue;
      if (each.modification !== undefined) modify(entry, each.modification);
      core.dispatcher.releaseAll([entry], each.outcome, queues, consumers);
    }
  }
}

/** Nothing of it happens. What channels that have ended had enlisted goes back. */
export function rollBackShared(core: Core, channel: Channel, id: TransactionId): void {
  const transaction = channel.connection.transactions.get(id);
  if (transaction === undefined) return;
  end(core, channel, id, transaction);
  const queues = new Set<Queue>();
  core.dispatcher.releaseAll([...transaction.adopted()], 'requeue', queues, new Set());
  for (const queue of queues) core.dispatcher.dispatch(queue);
}

/** The store has the changes of a discharge, or lost them. */
export function dischargeStored(core: Core, channel: Channel, id: TransactionId, failed: boolean): void {
  if (!channel.closed) tell(core, channel, id, failed ? 'failed' : 'committed');
}

function end(core: Core, channel: Channel, id: TransactionId, { octets }: SharedTransaction): void {
  channel.connection.transactions.delete(id);
  core.transactionOctets -= octets;
}

function tell(core: Core, channel: Channel, transaction: TransactionId, outcome: EffectOf<'discharged'>['outcome']): void {
  core.emit({ kind: 'discharged', connection: channel.connection.id, channel: channel.number, transaction, outcome });
}
