import type { Clock, Stream } from '../endpoint/transport.ts';
import type { Store } from '../store/store.ts';
import type { Around, Fault, FrameSeam } from './fault.ts';
import type { FrameSeam10 } from './fault10.ts';
import { sabotageStream } from './frame-seam.ts';

/** Faults ready to be built into one broker; what no fault touches is left out or handed back as it was. */
export interface Armed {
  /** Merged over the listener's settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Present where a fault stands around the core. */
  readonly around?: Around;
  wrapStream(stream: Stream, clock: Clock): Stream;
  wrapStore(store: Store): Store;
}

/** Builds faults in at their seams. Connections are numbered in the order in which their streams are wrapped. */
export function arm(faults: readonly Fault[], options: { readonly seed?: number } = {}): Armed {
  const seams = faults.map(fault => fault.seam);
  const frames = seams.filter(seam => seam.kind === 'frames' || seam.kind === 'frames10');
  const around = seams.filter(seam => seam.kind === 'effects').map(seam => seam.start());
  const stores = seams.filter(seam => seam.kind === 'store');
  let connection = 0;
  return {
    settings: Object.assign({}, ...seams.map(seam => (seam.kind === 'listener' ? seam.settings : {}))),
    ...(around.length > 0 && { around: around.reduce(nested) }),
    wrapStream(stream, clock) {
      connection += 1;
      const wrap = (inner: Stream, seam: FrameSeam | FrameSeam10) => sabotageStream(inner, seam, { clock, connection, ...options });
      return frames.reduce(wrap, stream);
    },
    wrapStore: store => stores.reduce((inner, seam) => seam.wrap(inner), store),
  };
}

/** Stands around what stands around the core. */
export function nested(inner: Around, outer: Around): Around {
  return (command, apply, broker) => outer(command, each => inner(each, apply, broker), broker);
}
