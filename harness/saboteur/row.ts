import type { DutyId } from '../spec/catalogue.ts';
import type { Fault, Seam } from './fault.ts';

/** Faults by the duty that they break. */
export type FaultTable = { readonly [D in DutyId]?: readonly [Fault, ...Fault[]] };

/** The fault, felt in these areas besides its own. */
export const also = (fault: Fault, ...areas: readonly string[]): Fault => ({ ...fault, area: [...fault.area, ...areas] });

/** Makes the rows of a table: what the broken broker does, at which seam, and where that may be felt besides or instead of `usual`. */
export function faultsIn(...usual: readonly string[]): (does: string, seam: Seam, area?: readonly string[]) => Fault {
  return (does, seam, area = usual) => ({ does, seam, area });
}
