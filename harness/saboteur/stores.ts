import type { Definition, SingleChange, Store } from '../store/store.ts';
import { command, effect } from './effect-seam.ts';
import type { EffectSeam, StoreSeam } from './fault.ts';
import { faultsIn } from './row.ts';

type Append = Extract<SingleChange, { readonly change: 'append' }>;

/** Of what is felt only by who looks behind an outage. */
export const recovery = faultsIn('amqp091/durability/**');

/** The same store, with some of its doings replaced. */
export function replaced(store: Store, doings: Partial<Store>): Store {
  return {
    write: change => store.write(change),
    flushed: () => store.flushed(),
    load: () => store.load(),
    ...(store.read !== undefined && { read: (virtualHost, queue, position) => (store as Required<Store>).read(virtualHost, queue, position) }),
    close: () => store.close(),
    ...doings,
  };
}

/** What a broker finds when it starts is not what was stored. */
export function foundOtherwise(rewrite: (changes: readonly SingleChange[]) => readonly SingleChange[]): StoreSeam {
  return {
    kind: 'store',
    at: 'load',
    wrap: store =>
      replaced(store, {
        async *load() {
          const changes: SingleChange[] = [];
          for await (const change of store.load()) changes.push(change);
          yield* rewrite(changes);
        },
      }),
  };
}

/** Each definition of a kind is found as another one, or not at all. */
export function recoveringDefinitions<K extends Definition['kind']>(
  kind: K,
  rewrite: (definition: Extract<Definition, { readonly kind: K }>) => Definition | undefined,
): StoreSeam {
  return foundOtherwise(changes =>
    changes.flatMap(change => {
      if (change.change !== 'put' || change.definition.kind !== kind) return [change];
      const definition = rewrite(change.definition as Extract<Definition, { readonly kind: K }>);
      return definition === undefined ? [] : [{ change: 'put', definition }];
    }),
  );
}

/** Messages are found otherwise than they were stored; `rewrite` gets them in the order of their positions. */
export function recoveringMessages(rewrite: (appends: readonly Append[]) => readonly Append[]): StoreSeam {
  return foundOtherwise(changes => {
    const appends = changes.filter(change => change.change === 'append');
    const before = changes.filter(change => change.change === 'put');
    const behind = changes.filter(change => change.change !== 'put' && change.change !== 'append');
    return [...before, ...rewrite(appends), ...behind];
  });
}

/** Of what is to be stored by itself, changes that `forgets` names never are. */
export function forgetting(forgets: (change: SingleChange) => boolean): EffectSeam {
  return effect('persist', each => {
    const { change } = each;
    if (change.change === 'group' || !forgets(change)) return [each];
    return each.ticket === undefined ? [] : [{ ...each, change: nothing }];
  });
}

/** The same for what is to be stored together, as by a commit. */
export function forgettingOfGroups(forgets: (change: SingleChange) => boolean): EffectSeam {
  return effect('persist', each => {
    const { change } = each;
    if (change.change !== 'group' || !change.changes.some(forgets)) return [each];
    return [{ ...each, change: { change: 'group', changes: change.changes.filter(one => !forgets(one)) } }];
  });
}

const nothing = { change: 'group', changes: [] } as const;

/** Nothing is ever made durable, and nobody is told so. */
export function neverFlushes(): StoreSeam {
  return { kind: 'store', wrap: store => replaced(store, { flushed: () => Promise.resolve() }) };
}

/** The store says that all is safe as soon as it is asked, which it is later, or never. */
export function claimsFlushed(): StoreSeam {
  return {
    kind: 'store',
    wrap: store =>
      replaced(store, {
        flushed: () => {
          store.flushed().catch(() => {});
          return Promise.resolve();
        },
      }),
  };
}

/** Deletions of what is durable are done and not stored. */
export function forgettingDeletions(kind: Definition['kind']): EffectSeam {
  return forgetting(change => change.change === 'delete' && change.key.kind === kind);
}

/** An exclusive queue is stored as if it were durable. */
export function storingExclusive(): EffectSeam {
  return command('declare-queue', (each, apply) => {
    const effects = apply(each);
    const declared = effects.find(one => one.kind === 'queue-declared');
    if (!each.exclusive || each.passive || declared === undefined) return effects;
    const definition: Definition = { kind: 'queue', virtualHost: '/', name: declared.queue, attributes: { autoDelete: false, arguments: [] } };
    return [{ kind: 'persist', change: { change: 'put', definition }, ticket: undefined }, ...effects];
  });
}

/** Each place in the order is taken by the message of the opposite one. */
export function reversed(appends: readonly Append[]): readonly Append[] {
  return appends.map((each, at) => ({ ...each, message: appends[appends.length - 1 - at]?.message ?? each.message }));
}

export function withOtherBody(append: Append): Append {
  const { body } = append.message;
  const [first, ...rest] = body;
  if (first === undefined) return append;
  return { ...append, message: { ...append.message, body: [Uint8Array.from(first, (octet, at) => (at === 0 ? octet ^ 1 : octet)), ...rest] } };
}

/** Octets of a content header before its property flags. */
const flagsAt = 12;

export function withoutProperties(append: Append): Append {
  return { ...append, message: { ...append.message, header: Uint8Array.from([...append.message.header.subarray(0, flagsAt), 0, 0]) } };
}

/** Every message counts as sent. */
export function allSent(changes: readonly SingleChange[]): readonly SingleChange[] {
  const marks = changes.flatMap(each =>
    each.change === 'append' ? each.queues.map(queue => ({ change: 'sent', virtualHost: each.virtualHost, queue, position: each.position }) as const) : [],
  );
  return [...changes, ...marks];
}

/** What was sent is not there. */
export function withoutSent(changes: readonly SingleChange[]): readonly SingleChange[] {
  const marks = new Map(changes.flatMap(each => (each.change === 'sent' ? [[each.queue, each.position] as const] : [])));
  return changes.flatMap((each): readonly SingleChange[] => {
    if (each.change !== 'append') return [each];
    const queues = each.queues.filter(queue => each.position > (marks.get(queue) ?? 0));
    return queues.length === 0 ? [] : [{ ...each, queues }];
  });
}
