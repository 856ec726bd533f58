import type { ConnectOptions, Peer, ProbeConnection } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { ascii } from './frames.ts';

/** Authentication step by step, for checks whose matter it is. */

const utf8 = new TextDecoder();

/** What a server offers. */
export const mechanisms = ({ start }: ProbeConnection): readonly string[] => utf8.decode(start.mechanisms).split(' ');

/** Octets of a PLAIN response with these parts. */
export const plain = (...parts: readonly string[]): Uint8Array => ascii(parts.join('\0'));

/** A connection as far as start, at a server that offers this mechanism. */
export async function offering(peer: Peer, mechanism: string, options: ConnectOptions = {}): Promise<ProbeConnection> {
  const connection = await peer.connection({ ...options, upTo: 'start' });
  if (!mechanisms(connection).includes(mechanism)) peer.notApplicable(`The server does not offer ${mechanism}.`);
  return connection;
}

export function startOk(
  connection: ProbeConnection,
  mechanism: string,
  response: Uint8Array,
  options: { readonly locale?: string; readonly toldOfRefusal?: boolean } = {},
): void {
  const { locale = 'en_US', toldOfRefusal = false } = options;
  const clientProperties = fieldTable({ product: 'amqpspec', capabilities: { authentication_failure_close: toldOfRefusal } });
  connection.send(0, 'connection.start-ok', { clientProperties, mechanism, response, locale });
}
