import type { Message } from '../broker/message.ts';
import type { Command, CommandOf, Effect, Outcome } from '../broker/vocabulary.ts';
import { method } from '../wire/amqp091/codec.ts';
import { forgiven, miscoded, unpunished } from './departures.ts';
import { changed } from './effect-seam.ts';
import type { Apply, EffectSeam, FrameSeam } from './fault.ts';
import { delivered } from './messages.ts';
import { refused, refusedFrom } from './refusals.ts';
import { either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { recoveringMessages, recovery } from './stores.ts';
import { committed, type KnownTransaction, knowingTransactions } from './transactions.ts';

const transacting = faultsIn('amqp091/tx/**');

/** Class tx. */
export const txFaults = {
  'amqp091/tx.implemented:emit': [transacting('does not have class tx', refused('tx.select', 540))],
  'amqp091/tx.select:emit': [
    transacting('lets one channel of a connection be transacted', refusedFrom(2, 'tx.select', 406)),
    transacting('commits when a channel is selected again', commitsWhenSelected()),
  ],
  'amqp091/tx.select.per-channel:emit': [
    transacting('does not let go what other channels of the connection publish', holdsOthers()),
    transacting('ends the transactions of all channels with one', endsAll()),
  ],
  'amqp091/tx.select.confirming:enforce': [transacting('takes no notice of a selection in confirm mode', unpunished({ about: 'tx.select', code: 406 }))],
  'amqp091/confirm.select.transacted:enforce': [
    transacting('calls confirms on a transacted channel not allowed', miscoded(530, { about: 'confirm.select', code: 406 })),
  ],
  'amqp091/tx.commit.transacted:enforce': [
    transacting(
      'commits what is not transacted',
      forgiven({ about: 'tx.commit', code: 406 }, () => method('tx.commit-ok')),
    ),
  ],
  'amqp091/tx.rollback.transacted:enforce': [
    transacting(
      'rolls back what is not transacted',
      forgiven({ about: 'tx.rollback', code: 406 }, () => method('tx.rollback-ok')),
    ),
  ],
  'amqp091/tx.commit-ok:emit': [transacting('does not answer a commit of nothing', silentAtNothing('commit', 'committed'))],
  'amqp091/tx.rollback-ok:emit': [transacting('does not answer a rollback of nothing', silentAtNothing('roll-back', 'rolled-back'))],
  'amqp091/tx.publications-held:emit': [
    transacting('commits each message as it is published', commitsAtOnce(isPublish)),
    transacting('commits what waits when a channel ends', commitsAtEnd('publish')),
    transacting('counts what is not committed', countsUncommitted()),
  ],
  'amqp091/tx.acknowledgements-held:emit': [
    transacting(
      'commits each acknowledgement as it comes',
      commitsAtOnce(work => !isPublish(work)),
    ),
    transacting('commits acknowledgements when a channel ends', commitsAtEnd('settle')),
  ],
  'amqp091/tx.commit.publications:emit': [
    transacting('answers a commit and rolls back', rollsBackAtCommit()),
    transacting('loses the last of a transaction of five messages or more', losesLast()),
  ],
  'amqp091/tx.commit.order:emit': [transacting('commits messages in reverse', reverses())],
  'amqp091/tx.commit.acknowledgements:emit': [
    transacting(
      'forgets acknowledgements at the commit',
      forgetsSettlements(outcome => outcome === 'accept'),
    ),
  ],
  'amqp091/tx.rollback.publications:emit': [transacting('commits at a rollback what was published', commitsAtRollback(isPublish))],
  'amqp091/tx.rollback.acknowledgements:emit': [
    transacting(
      'commits at a rollback what was acknowledged',
      commitsAtRollback(work => !isPublish(work)),
    ),
    transacting('does not let a delivery be settled again after a rollback', refusesAgain()),
  ],
  'amqp091/tx.rollback.no-redelivery:emit': [transacting('recovers at a rollback', recoversAtRollback())],
  'amqp091/tx.next:emit': [
    transacting(
      'transacts the first transaction of a channel only',
      commitsAtOnce((_, { ended }) => ended > 0),
    ),
  ],
  'amqp091/tx.deliveries:emit': [
    transacting('delivers nothing to a transacted channel', withoutDeliveries()),
    transacting('takes at a rollback back what it delivered without acknowledgement', returnsTaken()),
  ],
  'amqp091/tx.others:emit': [
    transacting('undoes bindings and declarations at a rollback', undoes()),
    transacting('says that it purged and does not', putsPurgesOff()),
  ],
  'amqp091/tx.atomicity:emit': [
    transacting('publishes what came before an error or the loss of a connection', publishesInSpite()),
    recovery(
      'stores half of what a transaction published last',
      recoveringMessages(all => all.slice(0, -2)),
    ),
  ],
  'amqp091/tx.mandatory-at-commit:emit': [
    transacting('returns at a rollback what was abandoned', returnsAbandoned()),
    transacting(
      'returns twice what a commit could not route',
      knowingTransactions(() => (each, apply) => (each.kind === 'commit' ? changed(apply(each), 'return', back => [back, back]) : apply(each))),
    ),
    transacting('returns every mandatory message of a transaction', returnsRouted()),
  ],
  'amqp091/tx.rejections:emit': [
    transacting(
      'forgets rejections at the commit',
      forgetsSettlements(outcome => outcome !== 'accept'),
    ),
    transacting(
      'commits rejections at a rollback',
      commitsAtRollback(work => !isPublish(work)),
    ),
  ],
  'amqp091/tx.acknowledgement-checked:enforce': [
    transacting(
      'takes any delivery tag in a transaction',
      onTransacted(isTransacted =>
        unpunished({ about: ['basic.ack', 'basic.nack', 'basic.reject'], code: 406, when: (_, { channel }) => isTransacted(channel) }),
      ),
    ),
  ],
  'amqp091/tx.exchange-checked:enforce': [
    transacting(
      'drops what is published to a missing exchange in a transaction',
      onTransacted(isTransacted => unpunished({ about: 'basic.publish', code: 404, when: (_, { channel }) => isTransacted(channel) })),
    ),
  ],
  'amqp091/tx.destination-gone:enforce': [
    transacting(
      'fails with the connection at a commit when a queue or an exchange was deleted',
      afterDeletion(({ connection, channel }, apply) => {
        apply({ kind: 'disconnect', connection });
        return [{ kind: 'refused', scope: 'connection', code: 541, text: 'internal-error', connection, channel }];
      }),
    ),
    transacting(
      'loses the whole transaction when a queue or an exchange was deleted',
      afterDeletion((commit, apply) =>
        changed(apply(rollBack(commit)), 'rolled-back', ({ connection, channel }) => [{ kind: 'committed', connection, channel }]),
      ),
    ),
  ],
} as const satisfies FaultTable;

type Ended = CommandOf<'commit'> | CommandOf<'roll-back'>;
type Work = KnownTransaction['work'][number];
type At = { readonly connection: number; readonly channel: number };

const rollBack = ({ connection, channel }: At): Command => ({ kind: 'roll-back', connection, channel });
const isEnd = (each: Command): each is CommandOf<'close-channel'> | CommandOf<'disconnect'> => each.kind === 'close-channel' || each.kind === 'disconnect';

function isPublish(work: Work): work is CommandOf<'publish'> {
  return work.kind === 'publish';
}

/** A seam whose closes are those of transacted channels. */
function onTransacted(make: (isTransacted: (channel: number) => boolean) => FrameSeam): FrameSeam {
  return remembering(() => {
    const selected = new Set<number>();
    const noting = request('tx.select', ({ channel }) => {
      selected.add(channel);
      return false;
    });
    return either(
      noting,
      make(channel => selected.has(channel)),
    );
  });
}

/** Instead of a commit of this work another is committed, or what `instead` makes of it. */
function commitsInstead(change: (work: readonly Work[]) => readonly Work[]): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const work = each.kind === 'commit' ? transactions.at(each)?.work : undefined;
    const wanted = work === undefined ? undefined : change(work);
    if (each.kind !== 'commit' || work === undefined || wanted === undefined || wanted === work) return apply(each);
    apply(rollBack(each));
    for (const one of wanted) apply(one);
    return apply(each);
  });
}

/** What was done is committed at once where `when` holds. */
function commitsAtOnce(when: (each: Work, known: KnownTransaction) => boolean): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const known = each.kind === 'publish' || each.kind === 'settle' ? transactions.at(each) : undefined;
    if (known === undefined || !when(each as Work, known)) return apply(each);
    return [...apply(each), ...committed(apply, known)];
  });
}

function commitsAtEnd(kind: Work['kind']): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const going = isEnd(each) ? transactions.endedBy(each).filter(({ work }) => work.some(one => one.kind === kind)) : [];
    if (going.length === 0) return apply(each);
    return [...going.flatMap(one => committed(apply, one)), ...apply(each)];
  });
}

function commitsAtRollback(counts: (work: Work) => boolean): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const kept = each.kind === 'roll-back' ? (transactions.at(each)?.work.filter(counts) ?? []) : [];
    if (each.kind !== 'roll-back' || kept.length === 0) return apply(each);
    return [...apply(each), ...kept.flatMap(one => apply(one)), ...committed(apply, each)];
  });
}

function commitsWhenSelected(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const known = each.kind === 'select-transaction' ? transactions.at(each) : undefined;
    return known === undefined ? apply(each) : [...committed(apply, known), ...apply(each)];
  });
}

function holdsOthers(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const selected = new Map<number, Set<number>>();
      return (each, apply) => {
        const own = 'connection' in each ? selected.get(each.connection) : undefined;
        if (each.kind === 'select-transaction') selected.set(each.connection, (own ?? new Set()).add(each.channel));
        if (each.kind === 'close-channel') own?.delete(each.channel);
        return each.kind === 'publish' && own?.has(each.channel) === false ? [] : apply(each);
      };
    },
  };
}

function endsAll(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const others = each.kind === 'commit' ? transactions.beside(each) : [];
    return others.length === 0 ? apply(each) : [...others.flatMap(one => committed(apply, one)), ...apply(each)];
  });
}

function silentAtNothing(kind: Ended['kind'], reply: 'committed' | 'rolled-back'): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    if (each.kind !== kind || transactions.at(each)?.work.length !== 0) return apply(each);
    return changed(apply(each), reply, () => []);
  });
}

function countsUncommitted(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    if (each.kind !== 'declare-queue') return apply(each);
    const waiting = transactions.at(each)?.work.filter(one => isPublish(one) && one.message.routingKey === each.queue).length ?? 0;
    return changed(apply(each), 'queue-declared', declared => [waiting === 0 ? declared : { ...declared, messageCount: declared.messageCount + waiting }]);
  });
}

function rollsBackAtCommit(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    if (each.kind !== 'commit' || (transactions.at(each)?.work.length ?? 0) === 0) return apply(each);
    return changed(apply(rollBack(each)), 'rolled-back', ({ connection, channel }) => [{ kind: 'committed', connection, channel }]);
  });
}

function losesLast(): EffectSeam {
  return commitsInstead(work => (work.filter(isPublish).length >= 5 ? work.slice(0, -1) : work));
}

function reverses(): EffectSeam {
  return commitsInstead(work => (work.filter(isPublish).length >= 2 ? [...work].reverse() : work));
}

function forgetsSettlements(isForgotten: (outcome: Outcome) => boolean): EffectSeam {
  return commitsInstead(work => {
    const rest = work.filter(one => isPublish(one) || !isForgotten(one.outcome));
    return rest.length === work.length ? work : rest;
  });
}

function refusesAgain(): EffectSeam {
  return knowingTransactions(transactions => {
    const abandoned = new Set<string>();
    const key = ({ connection, channel, deliveryTag }: CommandOf<'settle'>) => `${connection} ${channel} ${deliveryTag}`;
    return (each, apply) => {
      if (each.kind === 'roll-back') for (const one of transactions.at(each)?.work ?? []) if (!isPublish(one)) abandoned.add(key(one));
      if (each.kind !== 'settle' || !abandoned.has(key(each))) return apply(each);
      const { connection, channel } = each;
      apply({ kind: 'close-channel', connection, channel });
      return [{ kind: 'refused', scope: 'channel', code: 406, text: 'precondition-failed', connection, channel }];
    };
  });
}

function recoversAtRollback(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    if (each.kind !== 'roll-back' || transactions.at(each)?.work.some(one => !isPublish(one)) !== true) return apply(each);
    const { connection, channel } = each;
    return [...apply(each), ...apply({ kind: 'recover', requeue: true, noWait: true, connection, channel })];
  });
}

function withoutDeliveries(): FrameSeam {
  return onTransacted(isTransacted => delivered('basic.deliver', ({ channel }) => isTransacted(channel) && {}));
}

/** What was taken without acknowledgement from a transacted channel's queue is put there again by a rollback. */
function returnsTaken(): EffectSeam {
  return knowingTransactions(transactions => {
    const tags = new Set<string>();
    const taken: Message[] = [];
    return (each, apply) => {
      const all = apply(each);
      if (each.kind === 'consume' && each.noAck) tags.add(each.consumerTag);
      for (const one of all) {
        const isTaken = one.kind === 'got' ? each.kind === 'get' && each.noAck : one.kind === 'deliver' && tags.has(one.consumerTag);
        if ((one.kind === 'got' || one.kind === 'deliver') && isTaken && transactions.at(one) !== undefined) taken.push(one.message);
        if (one.kind === 'consuming' && each.kind === 'consume' && each.noAck) tags.add(one.consumerTag);
      }
      if (each.kind !== 'roll-back' || taken.length === 0) return all;
      return [...all, ...taken.splice(0).flatMap(message => apply({ kind: 'inject', virtualHost: '/', message }))];
    };
  });
}

/** What a transacted channel declares, binds and deletes is undone by a rollback. */
function undoes(): EffectSeam {
  return knowingTransactions(transactions => {
    const undoing: Command[] = [];
    const nothing = { passive: false, exclusive: false, autoDelete: false, arguments: [], noWait: true } as const;
    return (each, apply) => {
      if ('channel' in each && transactions.at(each) !== undefined) {
        const { connection, channel } = each;
        if (each.kind === 'bind-queue') undoing.push({ ...each, kind: 'unbind-queue' });
        if (each.kind === 'declare-queue' && !each.passive)
          undoing.push({ kind: 'delete-queue', queue: each.queue, ifUnused: false, ifEmpty: false, noWait: true, connection, channel });
        if (each.kind === 'delete-queue') undoing.push({ kind: 'declare-queue', queue: each.queue, durable: true, ...nothing, connection, channel });
      }
      if (each.kind !== 'roll-back' || undoing.length === 0) return apply(each);
      const quiet = (undo: Command) => changed(apply(undo), 'queue-unbound', () => []);
      return [...undoing.splice(0).flatMap(quiet), ...apply(each)];
    };
  });
}

function putsPurgesOff(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    if (each.kind !== 'purge-queue' || transactions.at(each) === undefined) return apply(each);
    const { connection, channel } = each;
    return [{ kind: 'queue-purged', messageCount: 1, connection, channel }];
  });
}

/** What was published before something went wrong reaches its queues. */
function publishesInSpite(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const lost = each.kind === 'disconnect' ? transactions.endedBy(each) : [];
    const failing = each.kind === 'publish' || each.kind === 'settle' ? transactions.at(each) : undefined;
    const all = apply(each);
    const broken = failing !== undefined && all.some(({ kind }) => kind === 'refused') ? [failing] : lost;
    const messages = broken.flatMap(({ work }) => work.filter(isPublish).map(({ message }) => message));
    return messages.length === 0 ? all : [...all, ...messages.flatMap(message => apply({ kind: 'inject', virtualHost: '/', message }))];
  });
}

function returned({ connection, channel, message }: CommandOf<'publish'>): Effect {
  return { kind: 'return', connection, channel, code: 312, text: 'no-route', message };
}

function returnsAbandoned(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const back =
      each.kind === 'roll-back'
        ? (transactions
            .at(each)
            ?.work.filter(isPublish)
            .filter(({ mandatory }) => mandatory) ?? [])
        : [];
    return back.length === 0 ? apply(each) : [...back.map(returned), ...apply(each)];
  });
}

function returnsRouted(): EffectSeam {
  return knowingTransactions(transactions => (each, apply) => {
    const back =
      each.kind === 'commit'
        ? (transactions
            .at(each)
            ?.work.filter(isPublish)
            .filter(({ mandatory }) => mandatory) ?? [])
        : [];
    const all = apply(each);
    const unrouted = all.some(one => one.kind === 'return');
    return back.length === 0 || unrouted ? all : [...back.map(returned), ...all];
  });
}

/** After the deletion of a queue or an exchange a commit goes wrong. */
function afterDeletion(wrong: (commit: CommandOf<'commit'>, apply: Apply) => readonly Effect[]): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let deleted = false;
      return (each, apply) => {
        deleted ||= each.kind === 'delete-queue' || each.kind === 'delete-exchange';
        return deleted && each.kind === 'commit' ? wrong(each, apply) : apply(each);
      };
    },
  };
}
