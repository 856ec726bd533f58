import type { ErrorCondition } from '../../../spec/amqp10/conditions.ts';
import type { AmqpError, Frame, Performative, SaslBody } from '../../../wire/amqp10/codec.ts';
import type { Heard } from '../conversation.ts';

const encoder = new TextEncoder();

/** A number as it stands in a hole. */
export function long(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A protocol header, by the layer that it begins. */
export function heardHeader(id: number): Heard {
  return { name: id === 3 ? 'header:sasl' : id === 0 ? 'header:amqp' : `header:${id}`, channel: 0 };
}

/** A frame of the peer's; `channel` is that of our frames of its session. */
export function heardFrame(frame: Frame, channel: number): Heard {
  if (frame.type === 'sasl') return heardSasl(frame.body);
  if (frame.performative === undefined) return { name: 'empty', channel };
  return { name: frame.performative.type, channel, ...endOf(frame.performative), ...withHoles(holesOf(frame.performative)) };
}

function heardSasl(body: SaslBody): Heard {
  const holes = body.type === 'sasl-challenge' ? { challenge: body.challenge } : {};
  if (body.type !== 'sasl-outcome') return { name: body.type, channel: 0, ...withHoles(holes) };
  // Whom a peer lets in is its own affair.
  return { name: body.type, channel: 0, ...(body.code !== 'ok' && { code: body.code, ends: 'connection', excuses: true }) };
}

const ends = { detach: 'link', end: 'session', close: 'connection' } as const;

function endOf(what: Performative): Partial<Heard> {
  if (what.type !== 'detach' && what.type !== 'end' && what.type !== 'close') return {};
  return { ends: ends[what.type], ...(what.error !== undefined && codeOf(what.error)) };
}

/** Conditions that say something of what was asked for, and nothing of how. */
const ofTheThing: ReadonlySet<string> = new Set<ErrorCondition>([
  'amqp:not-found',
  'amqp:unauthorized-access',
  'amqp:not-implemented',
  'amqp:resource-limit-exceeded',
  'amqp:resource-locked',
  'amqp:resource-deleted',
  'amqp:precondition-failed',
]);

const codeOf = ({ condition }: AmqpError): Partial<Heard> => ({ code: condition, ...(ofTheThing.has(condition) && { excuses: true }) });

const withHoles = (holes: Readonly<Record<string, Uint8Array>>): Partial<Heard> => (Object.keys(holes).length > 0 ? { holes } : {});

/** What later frames may want: the number of a delivery, the address that a node was given, a transaction. */
function holesOf(what: Performative): Readonly<Record<string, Uint8Array>> {
  if (what.type === 'transfer' && what.deliveryId !== undefined) return { 'delivery-id': long(what.deliveryId) };
  if (what.type === 'disposition') return what.state?.type === 'declared' ? { 'txn-id': what.state.txnId } : {};
  if (what.type !== 'attach') return {};
  const terminus = what.role === 'sender' ? what.source : what.target;
  if (terminus?.type !== 'source' && terminus?.type !== 'target') return {};
  return terminus.dynamic === true && terminus.address !== undefined ? { address: encoder.encode(terminus.address) } : {};
}
