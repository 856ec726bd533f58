import type { RuleId } from '../spec/catalogue.ts';

/** A peer's octets that break a rule of the wire format: which rule, and at which octet counted from the start of what was decoded. */
export interface Violation {
  readonly kind: 'violation';
  readonly rule: RuleId;
  readonly offset: number;
  /** What stands there and what should, in a few words. */
  readonly detail: string;
}

/** The octets so far are the beginning of something legal; `atLeast` more are needed before another try can succeed. */
export interface NeedMore {
  readonly kind: 'need-more';
  readonly atLeast: number;
}

/** A value with the offset of the first octet behind it. */
export interface Value<T> {
  readonly kind: 'value';
  readonly value: T;
  readonly end: number;
}

/** What a decoder answers. Decoders never throw on a peer's octets. */
export type Decoded<T> = Value<T> | NeedMore | Violation;

/** Whether a decoder that answers value or violation answered the latter. */
export function isViolation(result: object): result is Violation {
  return (result as Partial<Violation>).kind === 'violation';
}

/** The same violation, counted from `by` octets further ahead. */
export function shifted(violation: Violation, by: number): Violation {
  return by === 0 ? violation : { ...violation, offset: violation.offset + by };
}
