/** One input of a campaign: octets, and the chunk boundaries that a streaming parser is fed by. A pure function of (seed, index). */
export interface FuzzInput {
  readonly bytes: Uint8Array;
}
