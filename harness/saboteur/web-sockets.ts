import type { MessageSocket, SocketListeners } from '../endpoint/message-socket.ts';
import type { ListenerSeam } from './fault.ts';

/** What a broken listener does to its side of a WebSocket. */
type Departure = (socket: MessageSocket) => Partial<MessageSocket>;

/** A WebSocket that departs in this: what it says in its place goes, the rest as it was. */
function departing(socket: MessageSocket, departure: Departure): MessageSocket {
  const other = departure(socket);
  return {
    get protocol() {
      return socket.protocol;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    on: other.on ?? ((event, heard) => socket.on(event, heard)),
    send: other.send ?? ((data, options, sent) => socket.send(data, options, sent)),
    close: other.close ?? (code => socket.close(code)),
    terminate: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

/** The listener of WebSockets with sockets that depart in this. */
export function socketsThat(departure: Departure): ListenerSeam {
  return { kind: 'listener', settings: { webSocket: { around: (socket: MessageSocket) => departing(socket, departure) } } };
}

/** The listener of WebSockets, with another opinion on subprotocols. */
export function agreeing(agree: (offered: readonly string[]) => { readonly subprotocol: string } | 'none' | 'refused'): ListenerSeam {
  return { kind: 'listener', settings: { webSocket: { agree } } };
}

type Message = SocketListeners['message'];

/** Messages are heard as this makes of them; undefined of one that is lost. */
export function hearing(change: (...message: Parameters<Message>) => Parameters<Message> | undefined): Departure {
  return socket => ({
    on(event, heard) {
      if (event !== 'message') return socket.on(event, heard);
      return socket.on('message', (...message) => {
        const changed = change(...message);
        if (changed !== undefined) (heard as Message)(...changed);
      });
    },
  });
}

/** Nobody hears that the WebSocket is gone. */
export const deafToTheEnd: Departure = socket => ({ on: (event, heard) => (event === 'message' ? socket.on(event, heard) : undefined) });
