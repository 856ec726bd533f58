/** What is used of the package `ws`. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  export interface ClientOptions {
    readonly handshakeTimeout?: number;
    readonly perMessageDeflate?: boolean;
    readonly maxPayload?: number;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
    readonly servername?: string;
  }

  export class WebSocket extends EventEmitter {
    constructor(address: string, protocols: readonly string[], options: ClientOptions);
    /** The subprotocol that was agreed on; empty where none was. */
    readonly protocol: string;
    /** Octets that wait to be sent. */
    readonly bufferedAmount: number;
    send(data: Uint8Array, options: { readonly binary: boolean }, sent: () => void): void;
    close(code?: number, reason?: string): void;
    terminate(): void;
    pause(): void;
    resume(): void;
  }

  export interface ServerOptions {
    readonly noServer: true;
    readonly perMessageDeflate?: boolean;
    readonly maxPayload?: number;
    handleProtocols?(protocols: ReadonlySet<string>, request: IncomingMessage): string | false;
  }

  export class WebSocketServer extends EventEmitter {
    constructor(options: ServerOptions);
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, upgraded: (socket: WebSocket) => void): void;
  }
}
