import type { Peer } from '../../harness/probe/peer.ts';
import { composites } from '../../harness/spec/amqp10/composites.ts';
import { type AmqpValue, encodeMessage, type PerformativeName } from '../../harness/wire/amqp10/codec.ts';
import { type CompositeOctets, compositeAs, describedAs, encodingsOf, frameOf, listOf, mapOf } from '../../harness/wire/amqp10/craft.ts';
import { valueIn } from './echo.ts';
import { beginning, unopened } from './frames.ts';

/** A whole conversation in a form that an encoder would not choose. */

type Values = Readonly<Record<string, unknown>>;
/** Octets of a composite. */
export type Form = (name: string, values: Values) => Uint8Array;

const isComposite = (value: unknown): value is Values & { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && value.type in composites;

/** Composites within composites have the form of the outer one. */
export const formed =
  (how: CompositeOctets): Form =>
  (name, values) => {
    const nested = Object.entries(values).flatMap(([key, value]) => {
      if (!isComposite(value)) return [];
      const { type, ...fields } = value;
      return [[key, formed(how)(type, fields)] as const];
    });
    return compositeAs(name as PerformativeName, values as never, { ...how, fields: Object.fromEntries(nested) });
  };

/** The same value, each part of it in its widest encoding. Arrays stay as they are: none is in what is sent here. */
export function widest(value: AmqpValue): Uint8Array {
  if (value.type === 'described') return describedAs(widest(value.descriptor), widest(value.value));
  if (value.type === 'list') return listOf(value.value.map(widest), { wide: true });
  if (value.type === 'map')
    return mapOf(
      value.value.flatMap(pair => pair.map(widest)),
      { wide: true },
    );
  if (value.type === 'array') throw new Error('arrays are not written so');
  return encodingsOf(value).at(-1)?.octets ?? new Uint8Array(0);
}

export const wide: Form = (name, values) => widest(valueIn(formed({})(name, values)));

/** Opens, sends a message to a queue and takes it from there, and closes, all in this form. */
export async function converses(peer: Peer, form: Form): Promise<void> {
  const { address } = await peer.node10();
  const connection = await unopened(peer);
  const say = (name: PerformativeName, values: Values, payload: Uint8Array = new Uint8Array(0)) =>
    connection.sendBytes(frameOf(Buffer.concat([form(name, values), payload])));
  say('open', { containerId: peer.name(), maxFrameSize: 65_536, channelMax: 7, idleTimeOut: 0 });
  await connection.expect('open');
  say('begin', beginning);
  const { performative: begin } = await connection.expect('begin', { channel: 0 });
  const target = { type: 'target', address };
  say('attach', { name: peer.name('to'), handle: 0, role: 'sender', source: { type: 'source' }, target, initialDeliveryCount: 0 });
  await connection.expect('attach', { handle: 0 });
  await connection.expect('flow', { handle: 0 });
  say(
    'transfer',
    { handle: 0, deliveryId: 0, deliveryTag: Buffer.from('x'), messageFormat: 0 },
    encodeMessage({ body: { type: 'data', value: [Buffer.from('formed')] } }),
  );
  const { performative: outcome } = await connection.expect('disposition');
  peer.require(outcome.state?.type === 'accepted', `The outcome of the message is ${outcome.state?.type}.`);
  const source = { type: 'source', address, durable: 'none', expiryPolicy: 'session-end', timeout: 0, dynamic: false };
  say('attach', { name: peer.name('from'), handle: 1, role: 'receiver', source, target: { type: 'target' } });
  await connection.expect('attach', { handle: 1 });
  const outgoing = { nextIncomingId: begin.nextOutgoingId, incomingWindow: 2048, nextOutgoingId: 1, outgoingWindow: 2048 };
  say('flow', { ...outgoing, handle: 1, deliveryCount: 0, linkCredit: 1, drain: false, echo: false });
  const { performative: transfer } = await connection.expect('transfer', { handle: 1 });
  say('disposition', { role: 'receiver', first: transfer.deliveryId ?? 0, settled: true, state: { type: 'accepted' } });
  say('detach', { handle: 1, closed: true });
  await connection.expect('detach', { handle: 1 });
  say('end', {});
  await connection.expect('end', { channel: 0 });
  say('close', {});
  await connection.expect('close', { wait: 'close' });
}
