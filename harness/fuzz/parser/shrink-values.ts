import { primitives } from '../../spec/amqp10/primitives.ts';
import { tagDialects } from '../../spec/amqp091/domains.ts';
import type { Draft, Mark } from '../emit/draft.ts';
import { markedDraft } from '../emit/emitter.ts';
import type { FuzzProtocol } from '../finding.ts';

const nothing = new Uint8Array(0);
const plainest: { readonly [P in FuzzProtocol]: Uint8Array } = {
  amqp091: Uint8Array.of(tagDialects.errata.void.charCodeAt(0)),
  amqp10: Uint8Array.of(primitives.null.null.code),
};

/** Values of the frames that can be understood, by where they start. */
export function valuesOf(bytes: Uint8Array, protocol: FuzzProtocol): readonly Mark[] {
  return markedDraft(bytes, protocol).all('type');
}

/** Octets in which one value is left out, with the next one where they are a pair, or is the plainest there is; sizes and counts fit. */
export function withoutValue(bytes: Uint8Array, protocol: FuzzProtocol, { at, end }: Mark): readonly Uint8Array[] {
  const next = valuesOf(bytes, protocol).find(value => value.at === end);
  const plain = plainest[protocol];
  const candidates = [dropped(bytes, protocol, at, end, 1)];
  if (next) candidates.push(dropped(bytes, protocol, at, next.end, 2));
  if (end - at > plain.length) {
    const draft = markedDraft(bytes, protocol);
    draft.replace(at, end - at, plain);
    candidates.push(draft.octets.slice());
  }
  return candidates;
}

function dropped(bytes: Uint8Array, protocol: FuzzProtocol, at: number, end: number, values: number): Uint8Array {
  const draft = markedDraft(bytes, protocol);
  const count = countOf(draft, at, end);
  if (count) draft.setNumber(count.at, count.width, Math.max(0, draft.numberAt(count.at, count.width) - values));
  draft.replace(at, end - at, nothing);
  return draft.octets.slice();
}

/** The count of the closest compound around a value. */
function countOf(draft: Draft, at: number, end: number): Mark | undefined {
  const around = draft.all('size').filter(size => size.from <= at && size.end >= end && size.at + size.width <= at);
  const closest = around.reduce<Mark | undefined>((best, size) => (best && best.end - best.from < size.end - size.from ? best : size), undefined);
  return draft.all('count').find(count => count.at === closest?.from);
}
