import type { Connection10, Connection10Options } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpError } from '../../harness/wire/amqp10/codec.ts';
import { frameOf } from '../../harness/wire/amqp10/craft.ts';

/** A whole frame on channel 0 whose body begins with an octet that constructs no value: while no session is there, nothing but a close can tell of it. */
export const senseless: Uint8Array = frameOf(Uint8Array.of(0xff));

/** An open connection that the server has closed with an error; our close is the caller's to send. */
export async function provoked(peer: Peer, options: Connection10Options = {}): Promise<{ readonly connection: Connection10; readonly error: AmqpError }> {
  const connection = await peer.connection10(options);
  connection.sendBytes(senseless);
  const { performative } = await connection.expect('close', { wait: 'close' });
  const { error } = performative;
  peer.require(error !== undefined, 'The close that answers a frame without a value in it names no error.');
  return { connection, error };
}
