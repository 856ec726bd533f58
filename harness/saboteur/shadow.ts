import type { Store } from '../store/store.ts';
import type { Around, Fault, Filter } from './fault.ts';
import type { Filter10 } from './fault10.ts';
import type { NamedFault } from './faults.ts';
import type { Passage, RewriteTo, SeamBetweenFrames } from './passing.ts';
import { replaced } from './stores.ts';

/**
 * Watches one conversation with many faults at once and applies none: `stirred` is called with each fault that would have acted in it. Until a fault
 * first acts, the conversation with it is the conversation without it; so one that never stirs cannot change anything. Faults of which that cannot be
 * told beforehand stir at once.
 */
export function shadow(faults: readonly NamedFault[], stirred: (fault: NamedFault) => void): readonly Fault[] {
  const told = new Set<NamedFault>();
  const tell = (named: NamedFault) => {
    if (!told.has(named)) stirred(named);
    told.add(named);
  };
  for (const named of faults) if (!canWait(named.fault)) tell(named);
  const waiting = faults.filter(({ fault }) => canWait(fault));
  const watching: Omit<Fault, 'seam'> = { area: [], does: 'watches' };
  return [
    { ...watching, seam: { kind: 'frames', start: () => framesWatched(waiting, told, tell) } },
    { ...watching, seam: { kind: 'frames10', start: () => frames10Watched(waiting, told, tell) } },
    { ...watching, seam: { kind: 'effects', start: () => effectsWatched(waiting, told, tell) } },
    { ...watching, seam: { kind: 'store', wrap: store => storeWatched(store, waiting, tell) } },
  ];
}

/** Whether the fault leaves everything as it was until it acts. */
function canWait({ seam }: Fault): boolean {
  return seam.kind !== 'listener';
}

type Tell = (named: NamedFault) => void;

function framesWatched(faults: readonly NamedFault[], told: ReadonlySet<NamedFault>, tell: Tell): Filter {
  const seams = faults.flatMap(named => (named.fault.seam.kind === 'frames' ? [{ named, seam: named.fault.seam }] : []));
  return watched(seams, told, tell);
}

function frames10Watched(faults: readonly NamedFault[], told: ReadonlySet<NamedFault>, tell: Tell): Filter10 {
  const seams = faults.flatMap(named => (named.fault.seam.kind === 'frames10' ? [{ named, seam: named.fault.seam }] : []));
  return watched(seams, told, tell);
}

interface WatchedSeam<P, C> {
  readonly named: NamedFault;
  readonly seam: SeamBetweenFrames<string, (passing: P, conversation: C) => RewriteTo<unknown>>;
}

function watched<P extends Passage, C extends { readonly released: number }>(
  seams: readonly WatchedSeam<P, C>[],
  told: ReadonlySet<NamedFault>,
  tell: Tell,
): (passing: P, conversation: C) => 'pass' {
  const filters = seams.filter(({ named }) => !told.has(named)).map(({ named, seam }) => ({ named, seam, filter: seam.start() }));
  return (passing, conversation) => {
    for (const { named, seam, filter } of filters) {
      if (told.has(named)) continue;
      const rewrites = typeof filter(passing, conversation) === 'object' && passing.released === 0;
      const keepsBack = seam.wholeFrames === true && conversation.released > 0;
      if (rewrites || keepsBack) tell(named);
    }
    return 'pass';
  };
}

function effectsWatched(faults: readonly NamedFault[], told: ReadonlySet<NamedFault>, tell: Tell): Around {
  const arounds = faults.flatMap(named => (named.fault.seam.kind === 'effects' ? [{ named, around: named.fault.seam.start() }] : []));
  return (command, apply, broker) => {
    const effects = apply(command);
    for (const { named, around } of arounds) {
      if (told.has(named)) continue;
      let calls = 0;
      const result = around(
        command,
        each => {
          calls += each === command ? 1 : 2;
          return effects;
        },
        broker,
      );
      if (calls !== 1 || result !== effects) tell(named);
    }
    return effects;
  };
}

/** A store that nothing is asked of cannot be broken. */
function storeWatched(store: Store, faults: readonly NamedFault[], tell: Tell): Store {
  const ofStore = (loading: boolean) => faults.filter(({ fault: { seam } }) => seam.kind === 'store' && (seam.at === 'load') === loading);
  const asked = () => {
    for (const named of ofStore(false)) tell(named);
    return store;
  };
  return replaced(store, {
    write: change => asked().write(change),
    flushed: () => asked().flushed(),
    async *load() {
      for await (const change of store.load()) {
        for (const named of ofStore(true)) tell(named);
        yield change;
      }
    },
  });
}
