import type { StartOptions } from './reference.ts';

/** What the parent tells the process of a reference broker. The first message is `start`. */
export type ToBroker =
  | { readonly kind: 'start'; readonly options: Pick<StartOptions, 'faults' | 'users' | 'virtualHosts' | 'permissions' | 'anonymous' | 'tls'> }
  | { readonly kind: 'alarm'; readonly resource: 'memory' | 'disk'; readonly raised: boolean };

/** What it answers; each message of the parent gets one answer, in order. */
export type FromBroker =
  | { readonly kind: 'accepting'; readonly port: number; readonly tlsPort: number | undefined }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'done' };
