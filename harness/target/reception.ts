import type { ServedConnection } from '../broker/dialects/served.ts';
import type { Log } from '../broker/log.ts';
import type { Stream } from '../endpoint/transport.ts';
import { systemClock } from '../net/clock.ts';
import type { Accepted, Listening, TlsListenOptions, WebSocketListenOptions } from '../net/listen.ts';
import { listenInRange, listenOnAll } from './listen-on-all.ts';

/** Sockets beyond the limit of connections that still hear by 530 why they are refused; more are dropped at once. */
const roomToRefuse = 128;
const dropsToldEveryMs = 1000;

export interface ReceptionOptions {
  readonly hosts: readonly [string, ...string[]];
  readonly port: number;
  /** The last port that is tried where those from `port` on are taken. */
  readonly portMax: number;
  readonly tls: (TlsListenOptions & { readonly port?: number }) | undefined;
  readonly webSocket: (WebSocketListenOptions & { readonly port?: number }) | undefined;
  readonly secureWebSocket: (TlsListenOptions & { readonly port?: number }) | undefined;
  /** Connections that may be open at a time. */
  readonly connections: number;
  readonly log: Log;
  serve(stream: Stream, accepted: Accepted): ServedConnection;
}

/** Where clients come in: the ports, and who came and has not left. */
export interface Reception {
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly webSocketPort: number | undefined;
  readonly secureWebSocketPort: number | undefined;
  /** Accepts no more, ends all connections in order, and drops those that have not ended in time. */
  close(withinMs: number): Promise<void>;
}

/** Listens on all hosts, plain and with TLS. Rejects with a `ListenError`, and listens nowhere then. */
export async function receive({ hosts, port, portMax, tls, webSocket, secureWebSocket, connections, log, serve }: ReceptionOptions): Promise<Reception> {
  const present = new Set<ServedConnection>();
  const accept = (stream: Stream, accepted: Accepted) => {
    const served = serve(stream, accepted);
    present.add(served);
    served.ended.then(() => present.delete(served));
  };
  const how = { accept, connectionMax: connections + roomToRefuse, dropped: dropCounter(log) };
  const open: Listening[] = [];
  const opened = async (listening: Promise<Listening>): Promise<Listening> => {
    const one = await listening.catch((error: unknown) => Promise.all(open.map(each => each.close())).then(() => Promise.reject(error)));
    open.push(one);
    return one;
  };
  const plain = await opened(listenInRange(hosts, { first: port, last: portMax }, how));
  const secure = tls && (await opened(listenOnAll(hosts, tls.port ?? 0, { ...how, tls })));
  const sockets = webSocket && (await opened(listenOnAll(hosts, webSocket.port ?? 0, { ...how, webSocket })));
  const secureSockets = secureWebSocket && (await opened(listenOnAll(hosts, secureWebSocket.port ?? 0, { ...how, tls: secureWebSocket, webSocket: {} })));
  const close = async (withinMs: number) => {
    for (const each of open) each.refuse();
    await endAll(present, withinMs);
    await Promise.all(open.map(each => each.close()));
  };
  return { port: plain.port, tlsPort: secure?.port, webSocketPort: sockets?.port, secureWebSocketPort: secureSockets?.port, close };
}

async function endAll(present: ReadonlySet<ServedConnection>, withinMs: number): Promise<void> {
  if (present.size === 0) return;
  const ended = Promise.all([...present].map(each => each.ended));
  for (const each of [...present]) each.close();
  let cancel = () => {};
  const tooLate = new Promise<void>(resolve => {
    cancel = systemClock.at(systemClock.now() + withinMs, resolve);
  });
  await Promise.race([ended, tooLate]);
  cancel();
}

/** Whoever opens thousands of connections must not fill the log with them. */
function dropCounter(log: Log): () => void {
  let count = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    count += 1;
    const now = systemClock.now();
    if (now - toldAt < dropsToldEveryMs) return;
    log({ event: 'connections-dropped', count, why: 'too many connections are open' });
    toldAt = now;
    count = 0;
  };
}
