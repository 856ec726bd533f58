import type { Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { Stop } from '../../harness/probe/stop.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import type { AmqpValue, MessageDraft } from '../../harness/wire/amqp10/codec.ts';

export const key = 'amqpspec';
export const text = (value: string): AmqpValue => ({ type: 'string', value });
export const long = (value: number): AmqpValue => ({ type: 'long', value: BigInt(value) });
export const double = (value: number): AmqpValue => ({ type: 'double', value });
export const nothing: AmqpValue = { type: 'null', value: null };
export const symbols = (fields: Readonly<Record<string, AmqpValue>>): AmqpValue => ({
  type: 'map',
  value: Object.entries(fields).map(([name, value]) => [{ type: 'symbol', value: name }, value] as const),
});
export const strings = (fields: Readonly<Record<string, AmqpValue>>): AmqpValue => ({
  type: 'map',
  value: Object.entries(fields).map(([name, value]) => [text(name), value] as const),
});

type Filter = Extract<AmqpValue, { readonly type: 'described' }>;
export const filter = (descriptor: string, value: AmqpValue): Filter => ({ type: 'described', descriptor: { type: 'symbol', value: descriptor }, value });
export const selector = (value: string): Filter => filter('apache.org:selector-filter:string', text(value));
export const sql = (value: string): Filter => filter('amqp:sql-filter', text(value));
export const direct = (value: string): Filter => filter('apache.org:legacy-amqp-direct-binding:string', text(value));
export const topic = (value: string): Filter => filter('apache.org:legacy-amqp-topic-binding:string', text(value));
export const properties = (fields: Readonly<Record<string, AmqpValue>>): Filter => filter('amqp:properties-filter', symbols(fields));
export const applicationProperties = (fields: Readonly<Record<string, AmqpValue>>): Filter => filter('amqp:application-properties-filter', strings(fields));

/** A message that bears its own name as its body. */
export const named = (name: string, draft: MessageDraft = {}): MessageDraft => ({ ...draft, body: { type: 'amqp-value', value: text(name) } });
export const having = (name: string, fields: Readonly<Record<string, AmqpValue>>): MessageDraft =>
  named(name, { applicationProperties: Object.entries(fields).map(([field, value]) => [field, value] as const) });
export const about = (name: string, subject: string): MessageDraft => named(name, { properties: { subject } });

/** A filter of a type that nobody knows. */
export const nonsense = filter('amqpspec:no-such-filter', text('nothing'));

/** Whether the answer says that the filter is in place. */
export function isInPlace({ attach: { source } }: Receiver10): boolean {
  return source?.type === 'source' && source.filter?.some(([name, value]) => name === key && value.type !== 'null') === true;
}

/** Attaches with a filter; ends the check where the broker refuses it as unknown, or leaves it out. */
export async function filtered(peer: Peer, session: Session10, address: string, asked: Filter): Promise<Receiver10> {
  const receiver = await attempted(session, address, asked);
  if (receiver === 'amqp:not-implemented') peer.unsupported('The broker refuses the filter: amqp:not-implemented.');
  peer.require(typeof receiver === 'object', `A link with a filter is refused: ${String(receiver)}.`);
  if (!isInPlace(receiver)) peer.unsupported('The broker leaves the filter out of its answer.');
  const other = await attempted(await peer.session10(), address, nonsense);
  if (typeof other === 'object' && isInPlace(other)) peer.unsupported('The broker says of every filter that it is in place.');
  return receiver;
}

/** The link, or the condition that it was refused with. */
export async function attempted(session: Session10, address: string, asked: Filter): Promise<Receiver10 | string> {
  try {
    return await session.receiver({ address, filter: [[key, asked]] });
  } catch (error) {
    if (error instanceof Stop && error.why.kind === 'failed' && 'condition' in error.why.ending) return error.why.ending.condition;
    throw error;
  }
}

export interface Case {
  readonly filter: Filter;
  readonly messages: readonly MessageDraft[];
  /** Names of the messages that pass, in their order. */
  readonly passing: string;
}

/** What passes each of these filters. */
export async function pass(peer: Peer, ...cases: readonly Case[]): Promise<void> {
  const session = await peer.session10();
  for (const { filter: asked, messages, passing } of cases) {
    const { address } = await peer.node10();
    const sender = await session.sender(address);
    for (const each of messages) await sender.send(each);
    const receiver = await filtered(peer, session, address, asked);
    receiver.credit(messages.length);
    const came = (await receiver.drain()).map(delivery => delivery.text).join();
    peer.require(came === passing, `Of the messages ${passing} are to pass the filter, and ${came || 'none'} did.`);
  }
}

/** A filter that cannot be read is refused, or left out where that is legal. */
export async function unreadable(peer: Peer, duty: DutyId, valid: Filter, invalid: Filter, mayBeLeftOut: boolean): Promise<void> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  await (await filtered(peer, session, address, valid)).detach();
  const other = await peer.session10();
  const refused = await attempted(other, address, invalid);
  if (typeof refused === 'string') {
    const legal = ['amqp:invalid-field', 'amqp:not-implemented', 'amqp:precondition-failed'];
    peer.require(legal.includes(refused), `The link is refused with ${refused}, which is none of ${legal.join(', ')}.`, duty);
  } else peer.require(mayBeLeftOut && !isInPlace(refused), 'The link is attached with a filter that cannot be read.', duty);
}

export const coloured = [having('red', { colour: text('red'), size: long(5) }), having('blue', { colour: text('blue'), size: long(1) }), named('plain')];
