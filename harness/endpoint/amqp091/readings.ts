import { frameMinSize } from '../../spec/amqp091/constants.ts';
import type { TagDialect } from '../../spec/amqp091/domains.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import type { Answer } from '../../spec/rule.ts';

/** The text as it stands, or what the most widely used broker makes of it. */
type Reading = 'text' | 'practice';

/** How a connection reads the rules of framing, content and the opening, where brokers differ from the text. */
export interface WireReadings {
  /** Other answers to breaches of these rules than the first that the catalogue lists. */
  readonly answers: Readonly<Partial<Record<RuleId, Answer>>>;
  /** Octets by which a frame may exceed frame-max all the same. */
  readonly frameMaxSlack: number;
  /** Least frame-max, in octets, that a client may agree to. */
  readonly frameMaxMinimum: number;
  /** A frame-max of zero in tune-ok. `text`: the client sets no limit of its own. `practice`: more than was offered. */
  readonly frameMaxZero: Reading;
  /** From which step on an error is told by connection.close; before it the socket is closed without a word (2.2.4). */
  readonly toldFrom: 'open' | 'tune-ok';
  /** A zero octet in a short string. `text`: a breach. `practice`: an octet like others. */
  readonly zeroInShortString: Reading;
  /** Flags of a content header for properties that its class lacks. `text`: a breach. `practice`: not looked at. */
  readonly undefinedFlags: Reading;
  /** Infinite numbers, and what is none, in headers of a message. `text`: values like others. `practice`: cannot be read. */
  readonly infinite: Reading;
  /** A channel.open while our close of the channel waits for close-ok. `text`: dropped like all else. `practice`: a second open. */
  readonly openWhileClosing: Reading;
  /** More body than its header announced. `text`: a breach. `practice`: dropped, and the end of the body waited for. */
  readonly excessBody: Reading;
}

export const textWireReadings: WireReadings = {
  answers: {},
  frameMaxSlack: 0,
  frameMaxMinimum: frameMinSize,
  frameMaxZero: 'text',
  toldFrom: 'open',
  zeroInShortString: 'text',
  undefinedFlags: 'text',
  infinite: 'text',
  openWhileClosing: 'text',
  excessBody: 'text',
};

/** How a peer's octets are to be read, and what of them is taken although the text rules it out. */
export function readsOf({ readings = textWireReadings, tags = 'errata' }: { readonly readings?: WireReadings; readonly tags?: TagDialect }) {
  const { zeroInShortString, undefinedFlags, excessBody, infinite, openWhileClosing } = readings;
  return {
    tags,
    zeros: zeroInShortString === 'practice',
    anyFlags: undefinedFlags === 'practice',
    finite: infinite === 'practice',
    excessBody: excessBody === 'practice',
    hearsOpen: openWhileClosing === 'practice',
  };
}
