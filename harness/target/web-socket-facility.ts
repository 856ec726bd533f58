import type { TlsOptions } from '../net/dial.ts';
import type { WebSocketFacility } from '../probe/facilities.ts';

/** How checks dial a WebSocket: `ws:` or `wss:`, without credentials. */
export function webSocketFacility(url: string, tls?: TlsOptions): WebSocketFacility {
  const options = { url, ...(tls !== undefined && { tls }) };
  return {
    transport: (manner = {}) => ({ dial: async () => (await import('../net/dial-web-socket.ts')).dialWebSocket({ ...options, ...manner }) }),
  };
}
