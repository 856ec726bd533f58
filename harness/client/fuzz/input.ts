import { depart } from '../../fuzz/emit/departures.ts';
import { Draft } from '../../fuzz/emit/draft.ts';
import { emitters, markedDraft } from '../../fuzz/emit/emitter.ts';
import type { FuzzProtocol } from '../../fuzz/finding.ts';
import { Random } from '../../fuzz/random.ts';

/** Where a departure stands: at which frame of the server's, counted from 1 on the connection, and whether that frame goes out too. */
export interface Place {
  readonly frame: number;
  readonly where: 'in place of' | 'behind';
}

/** What goes out there, and how it leaves the law. */
export interface Departed {
  readonly octets: Uint8Array;
  readonly departures: readonly string[];
}

/** One input of a campaign: a pure function of seed and index, and of the frame that it meets. */
export interface ClientInput extends Place {
  /** What goes out where the server says these octets. */
  readonly make: (frame: Uint8Array) => Departed;
}

/** Most frames of the server's that a departure waits for. */
const frameMax = 24;

/** The input with that index of the campaign with that seed. */
export function drawnInput(protocol: FuzzProtocol, seed: number, index: number): ClientInput {
  const random = new Random(seed, index);
  const frame = 1 + random.below(frameMax);
  const where = random.oneIn(3) ? 'behind' : 'in place of';
  return {
    frame,
    where,
    make: octets => {
      const again = new Random(seed + 1, index);
      const draft = where === 'behind' ? emitted(protocol, again) : markedDraft(octets, protocol);
      const departures: string[] = [];
      for (let count = 1 + again.small(2); count > 0; count -= 1) {
        const name = depart(draft, again, emitters[protocol]);
        if (name !== undefined) departures.push(name);
      }
      return { octets: draft.octets.slice(), departures };
    },
  };
}

function emitted(protocol: FuzzProtocol, random: Random): Draft {
  const draft = new Draft();
  emitters[protocol].begin(draft, random);
  emitters[protocol].piece(draft, random);
  return draft;
}

/** As brokers of ours name consumers: another each time, and always as long. */
const consumerTag = /amq\.ctag-[\w-]{22}/g;

/** The octets of a case with the consumer tag of this conversation. */
export function withTagOf(octets: Uint8Array, frame: Uint8Array): Uint8Array {
  const text = Buffer.from(octets).toString('latin1');
  const own = Buffer.from(frame).toString('latin1').match(consumerTag)?.[0];
  return own === undefined ? octets : Buffer.from(text.replace(consumerTag, own), 'latin1');
}
