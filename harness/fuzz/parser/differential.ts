import type { RuleId } from '../../spec/catalogue.ts';
import { ruleOf } from '../../spec/ledger.ts';
import { wireRules as wire10 } from '../../wire/amqp10/wire-rules.ts';
import { wireRules as wire091 } from '../../wire/amqp091/wire-rules.ts';
import type { FuzzProtocol } from '../finding.ts';
import type { Failure } from './oracle.ts';
import { plainMessage } from './plain-message.ts';
import type { Reading } from './reading.ts';
import { readAmqp10 } from './reading-amqp10.ts';
import { readAmqp091 } from './reading-amqp091.ts';
import type { Verdict } from './verdict.ts';

/** Something in which a subject differs from us without being wrong: counted by its rule, and no finding. */
export interface Note {
  readonly note: 'accepted illegal' | 'rejected legal' | 'given up';
  /** The rule by which nobody has to refuse it, or the words of the refusal. */
  readonly about: string;
}

/** Notes counted by what they say. */
export class Notes extends Map<string, number> {
  add({ note, about }: Note, times = 1): void {
    const name = `${note}: ${about}`;
    if (this.has(name) || this.size < notesMax) this.set(name, (this.get(name) ?? 0) + times);
  }
}

/** Different notes that are counted. */
const notesMax = 200;

/** Whether every receiver, or those of one role, have to answer a breach of this rule. */
function obliges(rule: RuleId): boolean {
  const { enforce, 'client-enforce': clientEnforce } = ruleOf(rule).duties;
  return enforce?.level === 'MUST' || clientEnforce?.level === 'MUST';
}

/** What is left to see for a parser that does not look into frames. */
const layout: ReadonlySet<RuleId> = new Set<RuleId>([
  wire091.frameType,
  wire091.frameMax,
  wire091.frameEnd,
  wire10.frameSize,
  wire10.frameMax,
  wire10.dataOffset,
  wire10.dataOffsetBeyond,
  wire10.frameType,
]);

/** What says what a value of 1.0 is, whatever it stands for. */
const values: ReadonlySet<RuleId> = new Set<RuleId>([
  ...layout,
  wire10.constructor,
  wire10.truncated,
  wire10.variableSize,
  wire10.compoundSize,
  wire10.compoundCount,
  wire10.arraySize,
  wire10.boolean,
  wire10.char,
  wire10.utf8,
  wire10.symbolAscii,
  wire10.mapOdd,
  wire10.mapDuplicate,
]);

/** Whether a parser that looks so far has to see a breach of the rule. */
const sees = (reads: Verdict['reads'], rule: RuleId): boolean =>
  reads === undefined || (reads === 'values' && rule.startsWith('amqp091/')) || (reads === 'frames' ? layout : values).has(rule);

const startsHeader = (bytes: Uint8Array, at: number): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(4, bytes.length - at)).toString('latin1') === 'AMQP';

const fail = (kind: Failure['kind'], message: string, what: string, rule?: RuleId): Failure => ({
  kind,
  message,
  signature: `${kind} ${what}`.trim(),
  cuts: [],
  ...(rule !== undefined && { rule }),
});

/**
 * Holds what a subject says of a stream against our own decoder: a failure where the subject is wrong, with the rule that says so; a note where the standard
 * leaves it to the receiver; undefined where they agree.
 */
export function compare(bytes: Uint8Array, verdict: Verdict, protocol: FuzzProtocol): Failure | Note | undefined {
  const ours = protocol === 'amqp10' ? readAmqp10(bytes) : readAmqp091(bytes);
  return accepted(bytes, verdict, ours) ?? rejected(bytes, verdict, ours) ?? otherValue(bytes, verdict, ours);
}

/** The subject went on where we stopped. A frame that is not all there yet, and a protocol header, are not compared. */
function accepted(bytes: Uint8Array, { accept, consumed, reads }: Verdict, { end, violation, whole }: Reading): Failure | Note | undefined {
  if (violation === undefined || !whole || startsHeader(bytes, end)) return undefined;
  const took = consumed ?? (accept ? bytes.length : 0);
  if (took <= end) return undefined;
  const { rule, detail, offset } = violation;
  if (!sees(reads, rule)) return undefined;
  if (!obliges(rule)) return { note: 'accepted illegal', about: rule };
  return fail('accepted illegal', `accepts what breaks ${rule}: ${detail} (octet ${offset}). ${ruleOf(rule).statement}`, rule, rule);
}

/** The subject stopped where we went on: wrong where every receiver has to take what stands there. */
function rejected(bytes: Uint8Array, { accept, consumed, error = '' }: Verdict, { end, plain }: Reading): Failure | Note | undefined {
  // Without its place a rejection may be that of what stands behind the frames that we read.
  if (accept || end === 0 || (consumed === undefined ? end < bytes.length : consumed >= end)) return undefined;
  if (!plain()) return { note: 'rejected legal', about: plainMessage(error) };
  return fail('rejected legal', `rejects what breaks no rule: ${error || 'without a word'}`, plainMessage(error));
}

function otherValue(bytes: Uint8Array, { accept, consumed, value }: Verdict, ours: Reading): Failure | undefined {
  if (accept && consumed !== undefined && consumed < ours.end) {
    return fail('wrong value', `reads ${consumed} octets as whole frames, where ${ours.end} are (of ${bytes.length})`, 'consumed');
  }
  const values = Array.isArray(value) ? value : undefined;
  if (values === undefined) return undefined;
  const counted = consumed === undefined || consumed === ours.end;
  if (accept && counted && ours.violation === undefined && values.length !== ours.count) {
    return fail('wrong value', `reads ${values.length} frames, where ${ours.count} are`, 'count');
  }
  const found = ours.compare(values);
  return found && fail('wrong value', `${found.detail}. ${ruleOf(found.rule).statement}`, `${found.rule} ${found.type}`, found.rule);
}
