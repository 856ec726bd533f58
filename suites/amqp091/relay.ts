import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { encodeTable, fieldValue } from '../../harness/wire/amqp091/codec.ts';
import { same } from './frames.ts';
import { hold } from './observations.ts';

/** Publishes a message into a queue of its own and takes it out again. */
export async function relayed(
  peer: Peer,
  channel: ProbeChannel,
  message: { readonly properties?: BasicProperties; readonly body?: Uint8Array },
): Promise<Arrival<'basic.get-ok'>> {
  const queue = await channel.queue();
  channel.publish({ routingKey: queue, ...message });
  return hold(peer, channel, queue);
}

const sameValue = (left: FieldValue | undefined, right: FieldValue): boolean =>
  left !== undefined && same(encodeTable([['', left]]), encodeTable([['', right]]));

/** Fails unless this value comes back from the headers of a message octet by octet, its type included. */
export async function requireRelayed(peer: Peer, channel: ProbeChannel, value: FieldValue): Promise<void> {
  const { properties } = await relayed(peer, channel, { properties: { headers: [['amqpspec', value]] } });
  const back = fieldValue(properties.headers ?? [], 'amqpspec');
  peer.require(sameValue(back, value), `A header of type ${value.type} came back ${back === undefined ? 'not at all' : `as ${back.type}, or changed`}.`);
}
