import type { Automatic, Bounds } from './vocabulary.ts';

export const defaultAutomatic: Automatic = { header: true, sasl: true, ending: true, idle: true, window: true, echo: true, drain: true, raise: true };
export const defaultBounds: Bounds = { deliveryMax: 1 << 27, partialMax: 1 << 28, unsettledMax: 1 << 16, queuedMax: 1 << 26 };
/** Timers are no finer. */
export const idleTimeOutMinDefault = 10;
/** Octets of the largest frame that is gathered where our open names no limit. */
export const unlimitedFrame = 1 << 27;
