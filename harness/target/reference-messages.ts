import type { StartOptions } from './reference.ts';

/** What of a broker's options goes to another process. */
export type BrokerProcessOptions = Pick<
  StartOptions,
  'faults' | 'users' | 'virtualHosts' | 'permissions' | 'anonymous' | 'saslRequired' | 'tls' | 'webSocket' | 'port' | 'data'
>;

/** What the parent tells the process of a reference broker. The first message is `start`; nothing follows `stop`. */
export type ToBroker =
  | { readonly kind: 'start'; readonly options: BrokerProcessOptions }
  | { readonly kind: 'alarm'; readonly resource: 'memory' | 'disk'; readonly raised: boolean }
  | { readonly kind: 'stop' };

/** What it answers; each message of the parent gets one answer, in order. */
export type FromBroker =
  | { readonly kind: 'accepting'; readonly port: number; readonly tlsPort: number | undefined; readonly webSocketPort: number | undefined }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'done' };
