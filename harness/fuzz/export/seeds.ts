import { annotate as annotate10 } from '../../wire/amqp10/describe.ts';
import { annotate } from '../../wire/amqp091/describe.ts';
import { emitInput } from '../emit/emitter.ts';
import type { FuzzProtocol } from '../finding.ts';

/** An input to begin with, and what is in it. */
export interface Seed {
  readonly name: string;
  readonly octets: Uint8Array;
}

/** Larger ones make a fuzzer slow, in octets. */
const octetsMax = 2_048;
/** Inputs that are looked through. */
const searched = 6_000;
/** Legal ones of each kind of frame, and of each departure. */
const each = 3;

/** What is in a stream, without its values: the frames by their names. */
function kindsOf(octets: Uint8Array, protocol: FuzzProtocol): readonly string[] {
  const lines = protocol === 'amqp091' ? annotate(octets) : annotate10(octets);
  return lines.map(line =>
    line
      .replace(/^\d+: (channel \d+ )?/, '')
      .split(/[ (,:]/)
      .slice(0, 2)
      .join('-')
      .replace(/[^\w.-]/g, ''),
  );
}

/**
 * Inputs that between them have every frame of the protocol, and every way in which the emitter departs from the law; always the same for a seed.
 * Their names tell what is in them.
 */
export function seedsOf(protocol: FuzzProtocol, seed: number): readonly Seed[] {
  const counts = new Map<string, number>();
  const seeds: Seed[] = [];
  for (let index = 0; index < searched; index += 1) {
    const { bytes, departures } = emitInput(seed, index, protocol);
    if (bytes.length === 0 || bytes.length > octetsMax) continue;
    const kinds = departures.length > 0 ? departures : kindsOf(bytes, protocol);
    const rare = kinds.find(kind => (counts.get(kind) ?? 0) < each);
    if (rare === undefined) continue;
    for (const kind of new Set(kinds)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    seeds.push({ name: `${departures.length > 0 ? 'illegal' : 'legal'}-${rare.toLowerCase().replace(/-+$/, '')}-${index}`, octets: Uint8Array.from(bytes) });
  }
  return seeds;
}
