import { type FaultTable, faultsIn } from './row.ts';
import { agreeing, deafToTheEnd, hearing, socketsThat } from './web-sockets.ts';

const overWeb = faultsIn('amqp10/websocket/**');

const headerSize = 8;
/** The A of AMQP. */
const firstOfHeader = 0x41;

/** Octets that are one frame, or one header, from the first to the last. */
function isWhole(data: Uint8Array): boolean {
  if (data.length < headerSize) return false;
  const size = new DataView(data.buffer, data.byteOffset, data.length).getUint32(0);
  return size === data.length || (data.length === headerSize && data[0] === firstOfHeader);
}

/** AMQP over WebSocket: the binding, at the listener, as octets are all that comes behind it. */
export const webSocketFaults10 = {
  'amqp10/websocket.subprotocol:emit': [
    overWeb(
      'agrees on no subprotocol',
      agreeing(() => 'none'),
    ),
    overWeb(
      'agrees on the first subprotocol that is offered',
      agreeing(([first]) => (first === undefined ? 'refused' : { subprotocol: first })),
    ),
  ],
  'amqp10/websocket.other-subprotocol:enforce': [
    overWeb(
      'speaks AMQP to whoever opens a WebSocket',
      agreeing(([first]) => (first === undefined ? 'none' : { subprotocol: first })),
    ),
  ],
  'amqp10/websocket.binary:emit': [
    overWeb(
      'sends octets in text messages',
      socketsThat(socket => ({ send: (data, _options, sent) => socket.send(data, { binary: false }, sent) })),
    ),
  ],
  'amqp10/websocket.binary:enforce': [overWeb('takes octets from text messages', socketsThat(hearing(data => [data, true])))],
  'amqp10/websocket.frame-boundaries:emit': [
    overWeb('takes each message for one frame', socketsThat(hearing((data, isBinary) => (isWhole(data) ? [data, isBinary] : undefined)))),
  ],
  'amqp10/websocket.header:emit': [
    overWeb(
      'sends no protocol header, since the subprotocol says enough',
      socketsThat(socket => {
        let before = headerSize;
        return {
          send(data, options, sent) {
            const rest = data.subarray(Math.min(before, data.length));
            before -= data.length - rest.length;
            socket.send(rest, options, sent);
          },
        };
      }),
    ),
  ],
  'amqp10/websocket.close:emit': [
    overWeb(
      'drops the WebSocket without a closing handshake',
      socketsThat(socket => ({ close: () => socket.terminate() })),
    ),
  ],
  'amqp10/websocket.dropped:emit': [overWeb('keeps the connection of a WebSocket that is gone', socketsThat(deafToTheEnd))],
} as const satisfies FaultTable;
