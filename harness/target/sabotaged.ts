import type { Stream } from '../endpoint/transport.ts';
import type { TlsListenOptions, WebSocketListenOptions } from '../net/listen.ts';
import { arm, nested } from '../saboteur/arm.ts';
import type { Fault } from '../saboteur/fault.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import type { StartOptions } from './reference.ts';

/** The options of a broker with these faults built in. */
export function sabotaged(options: StartOptions, faults: readonly Fault[]): StartOptions & { readonly store: Store } {
  const { wrapStream: wrap = (stream: Stream) => stream, around: inner } = options;
  const armed = arm(faults);
  const { tls, webSocket, ...settings } = armed.settings;
  const outer = armed.around;
  return {
    ...options,
    ...settings,
    ...(options.tls !== undefined && { tls: { ...options.tls, ...(tls as Partial<TlsListenOptions>) } }),
    ...(options.webSocket !== undefined && { webSocket: { ...options.webSocket, ...(webSocket as WebSocketListenOptions) } }),
    store: armed.wrapStore(options.store ?? memoryStore()),
    wrapStream: (stream, clock) => armed.wrapStream(wrap(stream, clock), clock),
    ...(outer !== undefined && { around: inner === undefined ? outer : nested(inner, outer) }),
  };
}
