import { type AmqpMap, type AmqpValue, compositeOf, type DeliveryState, describedOf } from '../../wire/amqp10/codec.ts';
import type { Link } from './link.ts';
import type { UnsettledDelivery } from './vocabulary.ts';

/** A delivery that is not settled, as its session keeps it. */
export class Unsettled implements UnsettledDelivery {
  readonly link: Link;
  readonly deliveryId: number;
  readonly tag: Uint8Array;
  /** What stands for the tag in maps. */
  readonly key: string;
  localState: DeliveryState | undefined;
  remoteState: DeliveryState | undefined;

  constructor(link: Link, deliveryId: number, tag: Uint8Array) {
    this.link = link;
    this.deliveryId = deliveryId;
    this.tag = tag;
    this.key = tagKey(tag);
  }
}

/** What stands for a delivery-tag in maps. */
export const tagKey = (tag: Uint8Array): string => Buffer.from(tag.buffer, tag.byteOffset, tag.length).toString('latin1');

/** One entry of the unsettled field of attach: no state where nothing was said of the delivery. */
export interface UnsettledEntry {
  readonly tag: Uint8Array;
  readonly state: DeliveryState | undefined;
}

/** The unsettled field of attach. */
export function unsettledMap(entries: Iterable<UnsettledEntry>): AmqpMap {
  const nothing: AmqpValue = { type: 'null', value: null };
  return Array.from(entries, ({ tag, state }) => [
    { type: 'binary', value: tag },
    state === undefined ? nothing : state.type === 'described' ? state : describedOf(state),
  ]);
}

/** What the unsettled field of an attach says; undefined where it has none, so that the link is new. Keys that are no tags are left out. */
export function unsettledEntries(map: AmqpMap | undefined): readonly UnsettledEntry[] | undefined {
  return map?.flatMap(([tag, value]) => (tag.type === 'binary' ? [{ tag: tag.value, state: stateOf(value) }] : []));
}

function stateOf(value: AmqpValue): DeliveryState | undefined {
  const known = compositeOf(value);
  if (known !== undefined) return known as DeliveryState;
  return value.type === 'described' ? value : undefined;
}

/** What a sender does with its unsettled deliveries once both maps are there (2.6.13): resume those that the receiver holds too; the others it may send again. */
export interface Resumption {
  readonly resume: readonly { readonly tag: Uint8Array; readonly local: DeliveryState | undefined; readonly remote: DeliveryState | undefined }[];
  readonly onlySender: readonly UnsettledEntry[];
  /** The receiver is to hold them for settled; the sender passes them over. */
  readonly onlyReceiver: readonly UnsettledEntry[];
}

/** Compares the unsettled maps of both ends of a link. */
export function resumption(sender: readonly UnsettledEntry[], receiver: readonly UnsettledEntry[]): Resumption {
  const theirs = new Map(receiver.map(entry => [tagKey(entry.tag), entry]));
  const ours = new Set(sender.map(({ tag }) => tagKey(tag)));
  return {
    resume: sender.flatMap(({ tag, state }) => {
      const found = theirs.get(tagKey(tag));
      return found === undefined ? [] : [{ tag, local: state, remote: found.state }];
    }),
    onlySender: sender.filter(({ tag }) => !theirs.has(tagKey(tag))),
    onlyReceiver: receiver.filter(({ tag }) => !ours.has(tagKey(tag))),
  };
}
