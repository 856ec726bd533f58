import type { Around, Fault, Filter, Passing } from './fault.ts';
import type { NamedFault } from './faults.ts';

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
    { ...watching, seam: { kind: 'effects', start: () => effectsWatched(waiting, told, tell) } },
  ];
}

/** Whether the fault leaves everything as it was until it acts. */
function canWait({ seam }: Fault): boolean {
  return seam.kind === 'effects' || (seam.kind === 'frames' && seam.wholeFrames !== true);
}

type Tell = (named: NamedFault) => void;

function framesWatched(faults: readonly NamedFault[], told: ReadonlySet<NamedFault>, tell: Tell): Filter {
  const filters = faults.flatMap(named => (named.fault.seam.kind === 'frames' && !told.has(named) ? [{ named, filter: named.fault.seam.start() }] : []));
  return (passing, conversation) => {
    for (const { named, filter } of filters) {
      if (!told.has(named) && isRewritten(passing, filter(passing, conversation))) tell(named);
    }
    return 'pass';
  };
}

/** A held passing that is let go as it came was not rewritten. */
function isRewritten(passing: Passing, rewrite: ReturnType<Filter>): boolean {
  return typeof rewrite === 'object' && passing.released === 0;
}

function effectsWatched(faults: readonly NamedFault[], told: ReadonlySet<NamedFault>, tell: Tell): Around {
  const arounds = faults.flatMap(named => (named.fault.seam.kind === 'effects' ? [{ named, around: named.fault.seam.start() }] : []));
  return (command, apply) => {
    const effects = apply(command);
    for (const { named, around } of arounds) {
      if (told.has(named)) continue;
      let calls = 0;
      const result = around(command, each => {
        calls += each === command ? 1 : 2;
        return effects;
      });
      if (calls !== 1 || result !== effects) tell(named);
    }
    return effects;
  };
}
