/** What a WebSocket tells. */
export interface SocketListeners {
  readonly message: (data: Uint8Array, isBinary: boolean) => void;
  /** By a code of RFC 6455, section 7.4.1; 1006: without a closing handshake. */
  readonly close: (code: number) => void;
  readonly error: () => void;
}

/** A WebSocket that is open, as far as a stream over it needs it. */
export interface MessageSocket {
  /** The subprotocol that was agreed on; empty where none was. */
  readonly protocol: string;
  /** Octets that wait to be sent. */
  readonly bufferedAmount: number;
  on<E extends keyof SocketListeners>(event: E, heard: SocketListeners[E]): unknown;
  send(data: Uint8Array, options: { readonly binary: boolean }, sent: () => void): void;
  /** Begins the closing handshake, or answers it. */
  close(code: number): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

/** What is seen of a WebSocket besides its octets. */
export type WebSocketEvent =
  | { readonly kind: 'agreed'; readonly subprotocol: string }
  | { readonly kind: 'message'; readonly isBinary: boolean; readonly octets: number }
  /** By the same code as `SocketListeners` tells. */
  | { readonly kind: 'closed'; readonly code: number };

/** How a client speaks over WebSocket where that is not as usual. */
export interface WebSocketManner {
  /** Offered in the handshake, in order. Defaults to `amqp` alone. */
  readonly subprotocols?: readonly string[];
  /** Asked for each message that is sent: whether it goes as text, as nothing of AMQP should. */
  readonly isText?: () => boolean;
  /** Octets of a message at most. Defaults to 32 KiB: there are servers that take no more than 64. */
  readonly messageOctets?: number;
  tell?(seen: WebSocketEvent): void;
}
