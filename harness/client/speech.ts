import type { Protocol } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { AnyCase, ClientEvent, ClientReaction } from './client-case.ts';

type Without<E, K extends PropertyKey> = E extends unknown ? Omit<E, K> : never;

/** What a watcher tells: an event but for where and when it was. */
export type Told = Without<Extract<ClientEvent, { readonly kind: 'said' | 'greeted' | 'step' | 'broke' }>, 'connection' | 'at'>;

/** Follows one connection as the client sees it. Never throws on octets. */
export interface Watcher {
  /** Octets that the client gets, legal or not; `ours`: the broker said them by itself, and no case changed them. */
  toClient(octets: Uint8Array): void;
  /** Octets that the client sends. */
  fromClient(octets: Uint8Array): void;
}

/** One protocol, as clients are judged by it. */
export interface ClientSpeech {
  readonly protocol: Protocol;
  readonly cases: readonly AnyCase[];
  /** The id of the case in which nothing departs; it is played first, and others are measured by it. */
  readonly healthy: string;
  /** A reaction in the words of the catalogue's answers. */
  toAnswer(reaction: ClientReaction): readonly Answer[];
  watcher(tell: (told: Told) => void): Watcher;
  /** What the client is told besides the URL: where messages are, and may go. */
  environment(queue: string): Readonly<Record<string, string>>;
}
