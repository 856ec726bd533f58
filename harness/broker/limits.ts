/** How many of a kind the broker keeps at a time, all virtual hosts taken together. */
export interface EntityLimits {
  /** Connections that were opened. One more is refused by 530 when it opens. */
  readonly connections: number;
  /** Open channels. One more closes its connection by 530. */
  readonly channels: number;
  /** Queues; those that a store brings back count and are never refused. One more closes the channel by 406. */
  readonly queues: number;
}

/** So that no client can fill the memory with what costs it nothing. */
export const defaultEntityLimits: EntityLimits = { connections: 4096, channels: 65_536, queues: 65_536 };
