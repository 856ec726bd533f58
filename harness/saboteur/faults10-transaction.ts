import { type AmqpDisposition, type DeliveryState, decodeMessage, encodeMessage, isViolation } from '../wire/amqp10/codec.ts';
import { acceptedState, control, lastAccepted, outcomes, rejections, told } from './control-links.ts';
import { forgiven10, unpunished10 } from './departures10.ts';
import { changed, command } from './effect-seam.ts';
import type { FrameSeam10 } from './fault10.ts';
import { published10 } from './messages10.ts';
import { pardoned, spoilt } from './pardons10.ts';
import { answer10, either10, piece10, remembering10, request10 } from './rewrites10.ts';
import { also, type FaultTable, faultsIn } from './row.ts';
import { atOnce, dischargedOtherwise, sharing } from './shared-transactions.ts';

const transacting = faultsIn('amqp10/transaction/**');

const rollback = 'amqp:transaction:rollback';
const keyOf = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/** Transactions: part 4. */
export const transactionFaults10 = {
  'amqp10/4.1.control-link-only:enforce': [
    transacting(
      'takes anything over a control link',
      control(asked => asked.what === undefined && told(asked, acceptedState)),
    ),
  ],
  'amqp10/4.1.control-link-closed:emit': [
    transacting(
      'commits what is open when a control link ends',
      sharing(known => (each, apply) => {
        for (const open of known.endedBy(each)) apply({ ...open, kind: 'discharge', fail: false });
        return apply(each);
      }),
    ),
  ],
  'amqp10/4.1.any-link:emit': [
    transacting(
      'does at once what a transaction does over a second link',
      atOnce((work, known) => {
        const channels = known.of(work)?.channels ?? new Set();
        return channels.size > 0 && !channels.has(work.channel);
      }),
    ),
  ],
  'amqp10/4.1.atomic:emit': [
    transacting(
      'forgets the outcomes of a transaction and commits its messages',
      command('settle', (settle, apply) => (settle.transaction === undefined ? apply(settle) : [])),
    ),
    transacting(
      'posts at once what a transaction sends from its fifth message on',
      atOnce((work, known) => work.kind === 'publish' && (known.of(work)?.published ?? 0) >= 4),
      ['amqp10/properties/transactions'],
    ),
  ],
  'amqp10/4.2.declared:emit': [
    transacting(
      'accepts a declare and names no transaction',
      outcomes('declared', (_, draft) => draft.with({ state: acceptedState })),
    ),
    transacting('gives all transactions one id', sameIds()),
  ],
  'amqp10/4.2.other-sections:emit': [
    transacting(
      'takes no declare that has more than a body',
      control(asked => asked.message.sections.length > 1 && told(asked, { type: 'rejected', error: { type: 'error', condition: 'amqp:not-allowed' } })),
    ),
  ],
  'amqp10/4.2.settled:enforce': [
    transacting(
      'takes what is sent settled over a control link',
      control(({ message }) => message.transfer.settled === true && message.with({ settled: undefined })),
    ),
  ],
  'amqp10/4.2.failed:enforce': [
    transacting(
      'accepts a declare that it cannot do',
      rejections(['amqp:not-implemented'], draft => draft.with({ state: acceptedState })),
    ),
  ],
  'amqp10/4.2.failed-detached:enforce': [
    transacting(
      'rejects over a control link whose source has no rejected',
      request10('attach', draft => {
        const { source, target } = draft.fields;
        return target?.type === 'coordinator' && source?.type === 'source' && draft.with({ source: { ...source, outcomes: undefined } });
      }),
    ),
  ],
  'amqp10/4.3.discharged:emit': [transacting('accepts a commit and rolls back', dischargedOtherwise(false))],
  'amqp10/4.3.failed:enforce': [
    transacting(
      'accepts a commit that was rolled back',
      rejections([rollback], draft => draft.with({ state: acceptedState })),
    ),
  ],
  'amqp10/4.3.rollback:emit': [
    transacting('commits where it is asked to roll back', dischargedOtherwise(true)),
    transacting(
      'refuses to roll back',
      control(
        asked =>
          asked.what?.type === 'discharge' &&
          asked.what.fail === true &&
          told(asked, { type: 'rejected', error: { type: 'error', condition: 'amqp:not-allowed' } }),
      ),
    ),
  ],
  'amqp10/4.4.txn-id-told:emit': [
    transacting(
      'tells the outcome of a posting without its transaction',
      outcomes('transactional-state', ({ outcome }, draft) => draft.with({ state: outcome })),
    ),
    transacting(
      'sends what it acquired in a transaction without saying so',
      answer10('transfer', draft => draft.fields.state?.type === 'transactional-state' && draft.with({ state: undefined })),
    ),
  ],
  'amqp10/4.4.1.posted:emit': [
    transacting(
      'posts at once what is sent in a transaction',
      atOnce(({ kind }) => kind === 'publish'),
    ),
  ],
  'amqp10/4.4.1.partial-delivery:enforce': [
    transacting(
      'accepts a discharge in the middle of a delivery',
      forgiven10({ scope: 'detach', condition: rollback, about: 'transfer' }, (at, { channel }) => piece10(lastAccepted(at, channel), channel)),
    ),
  ],
  'amqp10/4.4.1.outcome-told:emit': [
    transacting(
      'tells nothing of what was posted',
      outcomes('transactional-state', (_, draft) => draft.swallowed()),
    ),
  ],
  'amqp10/4.4.2.retired:emit': [
    transacting(
      'applies at once the outcomes that name a transaction',
      atOnce(({ kind }) => kind === 'settle'),
    ),
    transacting(
      'takes every outcome in a transaction for accepted',
      request10('disposition', draft => {
        const { state } = draft.fields;
        return state?.type === 'transactional-state' && draft.with({ state: { ...state, outcome: { type: 'accepted' } } });
      }),
    ),
  ],
  'amqp10/4.4.2.rolled-back:emit': [
    transacting(
      'gives back at a rollback what its receiver still holds',
      sharing(known => (each, apply) => {
        const settled = each.kind === 'discharge' && each.fail ? [...(known.of(each)?.settled ?? [])] : [];
        const effects = apply(each);
        return [...effects, ...settled.flatMap(({ transaction: _transaction, modification: _modification, ...one }) => apply({ ...one, outcome: 'requeue' }))];
      }),
    ),
  ],
  'amqp10/4.4.2.other-transaction:enforce': [
    transacting('takes no notice of an outcome in another transaction', unpunished10({ scope: 'detach', condition: rollback, about: 'disposition' })),
  ],
  'amqp10/4.4.3.acquisition-refused:enforce': [
    transacting(
      'neither acquires in a transaction nor says so',
      request10('flow', draft => isAcquiring(draft.fields.properties) && draft.with({ properties: undefined, linkCredit: 0 })),
    ),
  ],
  'amqp10/4.4.3.acquired:emit': [transacting('acquires outside of the transaction that it names', acquiresOutside())],
  'amqp10/4.4.4.1.settled-posting:enforce': [
    also(
      transacting(
        'forgets a settled posting that it cannot do',
        published10((message, at) => {
          const target = at.link('to-server', message.channel, message.transfer.handle)?.attach['to-server']?.target;
          const lost = message.transfer.settled === true && message.transfer.state?.type === 'transactional-state';
          return lost && target?.type === 'target' && target.address === undefined && {};
        }),
      ),
      'amqp10/anonymous-terminus/**',
    ),
  ],
  'amqp10/4.4.4.1.outcome-first:emit': [transacting('tells the outcomes of what was posted behind the commit', outcomesLast())],
  'amqp10/4.4.4.1.outcome-lost:enforce': [
    transacting(
      'commits what was to go to a queue that is gone',
      sharing(
        () => (each, apply) => changed(apply(each), 'discharged', told => [told.outcome === 'failed' ? { ...told, outcome: 'committed' as const } : told]),
      ),
    ),
  ],
  'amqp10/4.4.4.2.default-outcome:emit': [
    transacting(
      'keeps for itself after a rollback what was settled',
      sharing(known => {
        const settled = new Set<string>();
        return (each, apply) => {
          if (each.kind !== 'settle') return apply(each);
          const key = `${each.connection} ${each.channel} ${each.deliveryTag}`;
          if (each.transaction !== undefined) settled.add(key);
          else if (settled.has(key) && known.on(each.connection).length === 0) return [];
          return apply(each);
        };
      }),
    ),
  ],
  'amqp10/4.5.1.capabilities:emit': [
    transacting(
      'tells nothing of what its coordinator can do',
      answer10('attach', draft => draft.fields.target?.type === 'coordinator' && draft.with({ target: { type: 'coordinator' } })),
    ),
  ],
  'amqp10/4.5.7.many-on-session:emit': [
    transacting(
      'takes all work of a session for that of its first transaction',
      sharing(known => (each, apply) => {
        const [first] = each.kind === 'publish' && each.transaction !== undefined ? known.on(each.connection) : [];
        return apply(first === undefined ? each : { ...each, ...{ transaction: first.transaction } });
      }),
    ),
  ],
  'amqp10/4.5.7.many-sessions:emit': [
    transacting(
      'takes work on another session than that of the control link for plain',
      request10('transfer', (draft, at) => {
        if (draft.fields.state?.type !== 'transactional-state') return false;
        const links = [...(at.session('to-server', draft.channel)?.links ?? [])];
        return !links.some(({ attach }) => attach['to-server']?.target?.type === 'coordinator') && draft.with({ state: undefined });
      }),
    ),
  ],
  'amqp10/4.5.2.global-id:enforce': [
    transacting(
      'takes no notice of a global id',
      control(({ message, what }) => what?.type === 'declare' && what.globalId !== undefined && message.carrying(plainDeclare)),
    ),
  ],
  'amqp10/4.5.3.txn-id:enforce': [
    transacting(
      'accepts a discharge that names no transaction',
      control(asked => isNameless(asked.message.payload) && told(asked, acceptedState)),
    ),
  ],
  'amqp10/4.5.4.id-size:emit': [
    transacting(
      'names its transactions at length',
      outcomes('declared', ({ txnId }, draft) => draft.with({ state: { type: 'declared', txnId: Buffer.concat([txnId, Buffer.alloc(32)]) } })),
    ),
  ],
  'amqp10/4.5.6.txn-id:emit': [
    transacting(
      'tells the outcome of a posting with another transaction',
      outcomes('transactional-state', (state, draft) => draft.with({ state: { ...state, txnId: Uint8Array.of(1, 2, 3) } })),
    ),
  ],
  'amqp10/4.5.6.txn-id:enforce': [
    also(
      transacting('takes a transactional state without transaction', pardoned(spoilt(['transfer', 'disposition']))),
      'amqp10/{disposition,transfer,resume}/**',
    ),
  ],
  'amqp10/4.5.8.unknown-id:enforce': [
    transacting(
      'accepts a discharge of a transaction that is not there',
      rejections(['amqp:transaction:unknown-id'], draft => draft.with({ state: acceptedState })),
    ),
  ],
  'amqp10/4.5.8.unknown-id-work:enforce': [transacting('does work for a transaction that is not there at once', strangeWorkDone())],
  'amqp10/4.5.8.defined-conditions:emit': [
    transacting(
      'calls a rollback an internal error',
      rejections([rollback], draft => draft.with({ state: { type: 'rejected', error: { type: 'error', condition: 'amqp:internal-error' } } })),
    ),
  ],
  'amqp10/4.4.plain-beside:emit': [
    transacting(
      'takes whatever comes beside an open transaction into it',
      sharing(known => (each, apply) => {
        const [first] = each.kind === 'publish' && each.transaction === undefined ? known.on(each.connection) : [];
        return apply(first === undefined ? each : { ...each, ...{ transaction: first.transaction } });
      }),
    ),
  ],
  'amqp10/4.5.6.outcome-required:emit': [
    transacting(
      'tells of a posting no outcome but its transaction',
      outcomes('transactional-state', ({ txnId }, draft) => draft.with({ state: { type: 'transactional-state', txnId } })),
    ),
  ],
} as const satisfies FaultTable;

const plainDeclare = encodeMessage({
  body: { type: 'amqp-value', value: { type: 'described', descriptor: { type: 'ulong', value: 0x31n }, value: { type: 'list', value: [] } } },
});

const dischargeCode = 0x32n;

/** A discharge whose list is empty. */
function isNameless(payload: Uint8Array): boolean {
  const message = decodeMessage(payload);
  const value = isViolation(message) || message.body?.type !== 'amqp-value' ? undefined : message.body.value;
  return value?.type === 'described' && value.descriptor.value === dischargeCode && value.value.type === 'list' && value.value.value.length === 0;
}

type FlowProperties = readonly (readonly [string, { readonly type: string }])[] | undefined;

function isAcquiring(properties: FlowProperties): boolean {
  return properties?.some(([name]) => name === 'txn-id') === true;
}

function sameIds(): FrameSeam10 {
  return remembering10(() => {
    let first: Uint8Array | undefined;
    return outcomes('declared', ({ txnId }, draft) => {
      first ??= txnId;
      return first !== txnId && draft.with({ state: { type: 'declared', txnId: first } });
    });
  });
}

/** The transaction of a flow is taken off it, and put on what comes for it. */
function acquiresOutside(): FrameSeam10 {
  return remembering10(() => {
    let state: DeliveryState | undefined;
    const asked = request10('flow', draft => {
      const txnId = draft.fields.properties?.find(([name]) => name === 'txn-id')?.[1];
      if (txnId?.type !== 'binary') return false;
      state = { type: 'transactional-state', txnId: txnId.value };
      return draft.with({ properties: undefined });
    });
    return either10(
      asked,
      answer10('transfer', draft => state !== undefined && draft.with({ state })),
    );
  });
}

/** What is told of postings waits for the next outcome that is of none. */
function outcomesLast(): FrameSeam10 {
  return remembering10(() => {
    const held: AmqpDisposition[] = [];
    return answer10('disposition', draft => {
      const { fields } = draft;
      if (fields.role === 'receiver' && fields.state?.type === 'transactional-state') {
        held.push({ ...fields, type: 'disposition' });
        return draft.swallowed();
      }
      return held.length > 0 && draft.followedBy(...held.splice(0));
    });
  });
}

/** What names a transaction that the server never declared, or that was discharged, loses that name. */
function strangeWorkDone(): FrameSeam10 {
  return remembering10(() => {
    const open = new Set<string>();
    const declared = outcomes('declared', ({ txnId }) => {
      open.add(keyOf(txnId));
      return false;
    });
    const discharged = control(({ what }) => {
      if (what?.type === 'discharge') open.delete(keyOf(what.txnId));
      return false;
    });
    const work = request10(['transfer', 'disposition'], draft => {
      const { state } = draft.fields;
      if (state?.type !== 'transactional-state' || open.has(keyOf(state.txnId))) return false;
      return draft.with({ state: state.outcome });
    });
    return either10(declared, work, discharged);
  });
}
