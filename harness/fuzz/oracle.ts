/** What a parser may never do: throw what is no rejection, not come back, or tell another story when the same octets come in other chunks. */
export type FindingKind = 'throw' | 'hang' | 'cut-dependent';
