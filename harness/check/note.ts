/** Something that a reader of the run must know before trusting its numbers. */
export interface Note {
  readonly kind: 'target-degraded' | 'target-down' | 'interrupted' | 'bail' | 'shard' | 'restarted' | 'other';
  readonly text: string;
}
