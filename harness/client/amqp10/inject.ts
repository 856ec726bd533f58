import { encodeFrame, type Performative } from '../../wire/amqp10/codec.ts';

/** A performative as a frame of its own. */
export function encoded(performative: Performative, channel: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeFrame({ type: 'amqp', channel, performative, payload }).slice();
}
