import { primitives } from '../../spec/amqp10/primitives.ts';
import { tagDialects } from '../../spec/amqp091/domains.ts';
import type { Mark } from '../emit/draft.ts';
import { leaveOut, pairedWith } from '../emit/elements.ts';
import { markedDraft } from '../emit/emitter.ts';
import type { FuzzProtocol } from '../finding.ts';

const plainest: { readonly [P in FuzzProtocol]: Uint8Array } = {
  amqp091: Uint8Array.of(tagDialects.errata.void.charCodeAt(0)),
  amqp10: Uint8Array.of(primitives.null.null.code),
};

/** Values of the frames that can be understood, by where they start. */
export function valuesOf(bytes: Uint8Array, protocol: FuzzProtocol): readonly Mark[] {
  return markedDraft(bytes, protocol).all('type');
}

/** Octets in which one value is left out, with the next one where they are a pair, or is the plainest there is; sizes and counts fit. */
export function withoutValue(bytes: Uint8Array, protocol: FuzzProtocol, value: Mark): readonly Uint8Array[] {
  const candidates = [dropped(bytes, protocol, value, 1)];
  const { mark, values } = pairedWith(markedDraft(bytes, protocol), value);
  if (values > 1) candidates.push(dropped(bytes, protocol, mark, values));
  const plain = plainest[protocol];
  if (value.end - value.at > plain.length) {
    const draft = markedDraft(bytes, protocol);
    draft.replace(value.at, value.end - value.at, plain);
    candidates.push(draft.octets.slice());
  }
  return candidates;
}

function dropped(bytes: Uint8Array, protocol: FuzzProtocol, mark: Mark, values: number): Uint8Array {
  const draft = markedDraft(bytes, protocol);
  leaveOut(draft, mark, values);
  return draft.octets.slice();
}
