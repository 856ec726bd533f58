import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { holdIfFull } from './holding.ts';
import { refuse } from './lifecycle.ts';
import type { Queue } from './queue.ts';
import { preconditionFailed, resourceError } from './refusal.ts';
import { place } from './routing.ts';
import type { Channel } from './session.ts';
import { Transaction } from './transaction.ts';
import type { Refusal } from './vocabulary.ts';

/** Selecting a transacted channel again leaves its transaction as it is. */
export function selectTransaction(core: Core, channel: Channel): Refusal | undefined {
  if (channel.published !== undefined) return preconditionFailed('the channel is in confirm mode');
  channel.transaction ??= new Transaction();
  core.emit({ kind: 'transaction-selected', connection: channel.connection.id, channel: channel.number });
  return undefined;
}

/**
 * Carries out what waited, in its order, as one change of what is stored; consumers are served when all of it is in place. Destinations are those of
 * the time of publishing, those deleted since left out.
 */
export function commit(core: Core, channel: Channel): Refusal | undefined {
  const { transaction } = channel;
  if (transaction === undefined) return notTransacted();
  const { behindCommit, goneInTransaction } = core.settings.readings;
  if (goneInTransaction === 'practice' && transaction.work.some(isLost)) return resourceError('a queue of the transaction is gone');
  renew(core, channel, transaction);
  const queues = new Set<Queue>();
  const consumers = new Set<Consumer>();
  const stores = core.persistTogether(channel, () => {
    for (const work of transaction.work) {
      if ('tags' in work)
        core.dispatcher.releaseAll(
          work.tags.map(tag => channel.ledger.take(tag)).filter(entry => entry !== undefined),
          work.outcome,
          queues,
          consumers,
        );
      else place(core, channel, work, queues);
    }
  });
  core.dispatcher.serve(channel, queues, consumers);
  holdIfFull(core, channel.connection);
  if (behindCommit === 'practice') channel.committing = true;
  else if (stores) core.emit({ kind: 'committing', connection: channel.connection.id, channel: channel.number });
  if (!stores) committed(core, channel);
  return undefined;
}

function isLost(work: Transaction['work'][number]): boolean {
  return 'queues' in work && work.queues.some(({ deleted }) => deleted);
}

/** How long a commit takes, in milliseconds, where what comes before its answer is refused. */
const commitMs = 5;

function committed(core: Core, channel: Channel): void {
  const answer = () => {
    channel.committing = false;
    if (!channel.closed) core.emit({ kind: 'committed', connection: channel.connection.id, channel: channel.number });
  };
  if (channel.committing) core.at(core.now + commitMs, answer);
  else answer();
}

/** The store has the changes of a commit, or lost them. */
export function commitStored(core: Core, channel: Channel, failed: boolean): void {
  if (channel.closed) return;
  if (failed) refuse(core, channel, preconditionFailed('the transaction could not be stored'));
  else committed(core, channel);
}

/** What was to be settled stays outstanding: the client may settle it in a later transaction. */
export function rollBack(core: Core, channel: Channel): Refusal | undefined {
  const { transaction } = channel;
  if (transaction === undefined) return notTransacted();
  renew(core, channel, transaction);
  core.emit({ kind: 'rolled-back', connection: channel.connection.id, channel: channel.number });
  return undefined;
}

function renew(core: Core, channel: Channel, { octets }: Transaction): void {
  core.transactionOctets -= octets;
  channel.transaction = new Transaction();
}

function notTransacted(): Refusal {
  return preconditionFailed('the channel is not transacted');
}
