import { createServer, type Server, type Socket } from 'node:net';
import type { Stream } from '../endpoint/transport.ts';
import { place, socketStream } from './socket-stream.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Takes one accepted stream and must call its `listen` before the turn ends. */
  accept(stream: Stream): void;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Accepts no more and drops what is open. */
  close(): Promise<void>;
}

/** The address could not be listened on. The message is one sentence: what happened and where. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly kind: 'in-use' | 'denied' | 'no-such-address' | 'other';

  constructor(kind: ListenError['kind'], sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.kind = kind;
  }
}

/** Accepts TCP connections. Rejects with a `ListenError`. */
export function listen({ host, port, accept }: ListenOptions): Promise<Listening> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    accept(socketStream(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port, backlog: 1024 }, () => {
      const address = server.address();
      resolve({ host, port: typeof address === 'object' && address !== null ? address.port : port, close: () => close(server, open) });
    });
  });
}

function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    for (const socket of open) socket.destroy();
  });
}

const failures: Readonly<Record<string, readonly [ListenError['kind'], string]>> = {
  EADDRINUSE: ['in-use', 'is in use by another program'],
  EACCES: ['denied', 'may not be listened on: the system denied it'],
  EADDRNOTAVAIL: ['no-such-address', 'is no address of this machine'],
  ENOTFOUND: ['no-such-address', 'is no address of this machine'],
};

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const [kind, happened] = failures[error.code ?? ''] ?? ['other', `cannot be listened on (${error.code ?? error.message})`];
  return new ListenError(kind, `${place(host, port)} ${happened}`, { cause: error });
}
