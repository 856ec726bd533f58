import { type Check, check } from '../../harness/check/check.ts';
import type { Delivery10, Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { BasicProperties } from '../../harness/spec/amqp091/classes.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import type { AmqpValue, Message, MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { queueWith } from '../extensions/asking.ts';
import { sendTo } from './passage.ts';

/** A queue of the check's own as both protocols know it. */
export interface Crossing {
  /** On a connection of 0-9-1. */
  readonly channel: ProbeChannel;
  readonly queue: string;
  /** On a connection of 1.0. */
  readonly session: Session10;
  readonly address: string;
}

/** A queue without messages that both protocols use. `args`: what it is declared with, which only an extension explains. */
export async function crossing(peer: Peer, args: FieldTable = []): Promise<Crossing> {
  const channel = await peer.channel();
  const shared = { durable: true, exclusive: false } as const;
  const queue = args.length === 0 ? await channel.queue(shared) : await queueWith(peer, channel, args, shared);
  return { channel, queue, session: await peer.session10(), address: await peer.address10(queue) };
}

/** The link over which 1.0 receives from the queue, with so much credit. */
export async function receiverOf({ session, address }: Crossing, credit = 10): Promise<Receiver10> {
  const receiver = await session.receiver(address);
  receiver.credit(credit);
  return receiver;
}

export async function senderOf({ session, address }: Crossing): Promise<Sender10> {
  return session.sender(address);
}

/** What 0-9-1 publishes comes to a receiver of 1.0. */
export async function to10(
  { channel, queue }: Crossing,
  receiver: Receiver10,
  properties: BasicProperties,
  body: Uint8Array | string = 'body',
): Promise<Delivery10> {
  channel.publish({ routingKey: queue, properties, body });
  return receiver.receive();
}

/** What 1.0 sends comes to a consumer of 0-9-1, whose channel it is. */
export async function to091(peer: Peer, { channel }: Crossing, sender: Sender10, message: MessageDraft): Promise<Arrival<'basic.deliver'>> {
  await sendTo(peer, sender, message);
  return channel.arrival('basic.deliver');
}

/** The octets that a message carries, however its body says them: data, one binary or one text, or null for none; undefined for anything else. */
export function carried({ body }: Message): Uint8Array | undefined {
  if (body?.type === 'data') return Buffer.concat(body.value);
  if (body?.type !== 'amqp-value') return undefined;
  const { value } = body;
  if (value.type === 'binary') return value.value;
  if (value.type === 'null') return new Uint8Array(0);
  return value.type === 'string' ? Buffer.from(value.value) : undefined;
}

/** The same as text. */
export const textIn = ({ message }: Delivery10): string => Buffer.from(carried(message) ?? []).toString();

const mark = 'x-amqpspec-mark';

/** The message annotation of that name. */
export function annotation(message: Message, name: string): AmqpValue | undefined {
  return message.messageAnnotations?.find(([key]) => key === name)?.[1];
}

/**
 * Ends the check as unsupported where the broker converts by ways of its own: no standard says how, so that the documented way is owed by those alone that
 * go it. Any of its marks on a message from 0-9-1 is enough: the exchange, the routing key, or headers that begin with x- among the annotations.
 */
export async function asDocumented(peer: Peer): Promise<void> {
  const x = await crossing(peer);
  const { message } = await to10(x, await receiverOf(x, 1), { headers: fieldTable({ [mark]: 'here' }) });
  const marks = ['x-exchange', 'x-routing-key', mark].filter(name => annotation(message, name) !== undefined);
  if (marks.length === 0)
    peer.unsupported('A message of 0-9-1 comes to 1.0 without annotations of exchange, routing key or headers: the broker converts by ways of its own.');
}

/** Anything as text in which the same values look the same. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${each}` : each instanceof Uint8Array ? Buffer.from(each).toString('latin1') : each,
  );
}

/** A check of what is documented, on a broker that converts by that. */
export function documented(slug: string, title: string, duty: DutyId, run: (peer: Peer, x: Crossing) => Promise<void>): Check {
  return check(`amqp10/conversion/${slug}`, {
    title,
    duties: [duty],
    crosses: true,
    async run(peer: Peer) {
      await asDocumented(peer);
      await run(peer, await crossing(peer));
    },
  });
}

/** Fails unless what came looks the same as what was wanted. */
export function requireShown(peer: Peer, what: string, came: unknown, wanted: unknown): void {
  peer.require(shown(came) === shown(wanted), `${what} came as ${shown(came)}, where ${shown(wanted)} stands for what was sent.`);
}
