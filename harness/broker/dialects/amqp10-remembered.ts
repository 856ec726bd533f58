import { tagKey, type UnsettledEntry, unsettledEntries, unsettledMap } from '../../endpoint/amqp10/unsettled.ts';
import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { CompositeFields, DeliveryState } from '../../wire/amqp10/codec.ts';
import { settlementFor } from './amqp10-outcomes.ts';

const isOutcome = (state: DeliveryState | undefined): boolean => state !== undefined && settlementFor(state) !== undefined;

/** Outcomes that a broker has come to of what a client sent, and that the client has not settled: they are held until it says that it knows of them, across links of one name (2.6.13). */
export class Remembered {
  readonly #link: LinkEndpoint;
  #told: readonly UnsettledEntry[] = [];
  /** Those of the link before that were not resumed yet. */
  readonly #left = new Map<string, UnsettledEntry>();

  constructor(link: LinkEndpoint) {
    this.#link = link;
  }

  /** Takes over what the link of this name before held. What its sender holds for unsettled no more is settled, unless its map is incomplete. */
  inherit(entries: readonly UnsettledEntry[]): void {
    const { unsettled, incompleteUnsettled } = this.#link.remoteAttach ?? {};
    if (unsettled === undefined) return;
    this.#told = entries;
    const theirs = new Set(unsettledEntries(unsettled)?.map(({ tag }) => tagKey(tag)));
    for (const entry of entries) if (incompleteUnsettled === true || theirs.has(tagKey(entry.tag))) this.#left.set(tagKey(entry.tag), entry);
  }

  /** What the attach says of them. */
  get fields(): Partial<CompositeFields<'attach'>> {
    return this.#told.length === 0 ? {} : { unsettled: unsettledMap(this.#told) };
  }

  /** The outcome of a delivery that is resumed, which is one of this link from now on; undefined where it is not held. */
  take(tag: Uint8Array): DeliveryState | undefined {
    const key = tagKey(tag);
    const found = this.#left.get(key);
    this.#left.delete(key);
    return found?.state;
  }

  get entries(): readonly UnsettledEntry[] {
    const own = [...this.#link.unsettled].filter(({ localState }) => isOutcome(localState));
    return [...this.#left.values(), ...own.map(({ tag, localState }) => ({ tag, state: localState }))];
  }
}
