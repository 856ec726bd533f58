import type { Command, CommandKind, CommandOf, Effect, EffectKind, EffectOf } from '../broker/vocabulary.ts';
import type { Apply, Around, EffectSeam } from './fault.ts';

/** A seam around the core whose `around` has nothing to remember. */
export function effects(around: Around): EffectSeam {
  return { kind: 'effects', start: () => around };
}

/** Stands around commands of one kind. */
export function command<K extends CommandKind>(kind: K, around: (command: CommandOf<K>, apply: Apply) => readonly Effect[]): EffectSeam {
  return effects((each, apply) => (each.kind === kind ? around(each as CommandOf<K>, apply) : apply(each)));
}

/** Every effect of one kind becomes these; the rest stays. */
export function effect<K extends EffectKind>(kind: K, change: (effect: EffectOf<K>) => readonly Effect[]): EffectSeam {
  return effects((each, apply) => changed(apply(each), kind, change));
}

/** The same list where no effect of the kind is in it. */
export function changed<K extends EffectKind>(all: readonly Effect[], kind: K, change: (effect: EffectOf<K>) => readonly Effect[]): readonly Effect[] {
  const next = all.flatMap(each => (each.kind === kind ? change(each as EffectOf<K>) : [each]));
  return next.length === all.length && next.every((each, at) => each === all[at]) ? all : next;
}

/** Effects of this kind come after all others that the same command brought about. */
export function last(kinds: readonly EffectKind[]): EffectSeam {
  return effects((each, apply) => {
    const all = apply(each);
    const behind = all.filter(one => kinds.includes(one.kind));
    if (behind.length === 0 || all.slice(-behind.length).every(one => behind.includes(one))) return all;
    return [...all.filter(one => !behind.includes(one)), ...behind];
  });
}

/** A publish that `waits` is done after the next one, or before whatever else comes next. */
export function overtaken(makeWaits: () => (publish: CommandOf<'publish'>) => boolean): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      const waits = makeWaits();
      let waiting: Command | undefined;
      return (each, apply) => {
        const before = waiting;
        waiting = each.kind === 'publish' && before === undefined && waits(each) ? each : undefined;
        if (waiting !== undefined) return [];
        if (before === undefined) return apply(each);
        return each.kind === 'publish' ? [...apply(each), ...apply(before)] : [...apply(before), ...apply(each)];
      };
    },
  };
}
