import type { Conversation10, FrameSeam10, Passing10 } from '../../saboteur/fault10.ts';
import { answer10, type BodyName, bodyOf, either10, frames10, piece10, request10 } from '../../saboteur/rewrites10.ts';
import { type AmqpValue, type CompositeFields, decodeMessage, isViolation, type Message } from '../../wire/amqp10/codec.ts';
import { type AnyCase, isObserved } from '../client-case.ts';
import type { ClientFault10 } from './machine-client.test-kit.ts';

type When = (passing: Passing10, at: Conversation10) => boolean;

/** It drops the socket when this comes. */
const leaves = (when: When): ClientFault10 => ({
  seam: frames10((seen, at) => (seen.direction === 'to-client' && seen.what !== 'end' && when(seen, at) ? { finish: 'reset' } : 'pass')),
});
const close = piece10({ type: 'close', error: { type: 'error', condition: 'amqp:internal-error', description: 'minds it' } }, 0);
/** It closes the connection when this comes, which it need not mind. */
const minds = (when: When): ClientFault10 => ({
  seam: frames10((seen, at) => (seen.direction === 'to-client' && seen.what !== 'end' && when(seen, at) ? { back: [close] } : 'pass')),
});
const dies = (diesOf: When): ClientFault10 => ({ diesOf });
const sends = (seam: FrameSeam10): ClientFault10 => ({ seam });
/** It never says this. */
const mute = <N extends BodyName>(name: N, test: (fields: CompositeFields<N>) => boolean = () => true): ClientFault10 =>
  sends(request10(name, draft => test(draft.fields) && draft.swallowed()));
/** It hears this as something else. */
const hears = <N extends BodyName>(name: N, change: (fields: CompositeFields<N>) => Partial<CompositeFields<N>> | false): ClientFault10 =>
  sends(
    answer10(name, draft => {
      const fields = change(draft.fields);
      return fields !== false && draft.with(fields);
    }),
  );

const said = <N extends BodyName>(name: N, test: (fields: CompositeFields<N>, payload: Uint8Array, seen: Passing10) => boolean = () => true): When => {
  return seen => {
    const body = bodyOf(seen);
    if (body?.type !== name || seen.what !== 'frame') return false;
    return test(body as unknown as CompositeFields<N>, seen.frame.type === 'amqp' ? seen.frame.payload : new Uint8Array(0), seen);
  };
};
const broken: When = seen => seen.what === 'broken';
const emptyFrame: When = seen => seen.what === 'frame' && bodyOf(seen) === undefined;
const extended: When = seen => seen.what === 'frame' && (seen.bytes[4] ?? 2) > 2;
/** The octet that says how a performative is described. */
const described =
  (code: number): When =>
  seen =>
    seen.what === 'frame' && seen.bytes[9] === code;
const message = (test: (read: Message) => boolean): When =>
  said('transfer', (_fields, payload) => {
    const read = decodeMessage(payload);
    return !isViolation(read) && test(read);
  });
const inBody = (test: (value: AmqpValue) => boolean): When =>
  message(({ body }) => body?.type === 'amqp-value' && (test(body.value) || (body.value.type === 'list' && body.value.value.some(test))));
const typed =
  (...types: readonly AmqpValue['type'][]) =>
  (value: AmqpValue): boolean =>
    types.includes(value.type);
const property = (test: (value: AmqpValue) => boolean): When => said('open', ({ properties = [] }) => properties.some(([, value]) => test(value)));
const state = (name: string): When => said('disposition', fields => fields.state?.type === name);
const transfer = (test: (fields: CompositeFields<'transfer'>, payload: Uint8Array) => boolean): When => said('transfer', test);

/** It answers no violation. */
const deaf: ClientFault10 = { automatic: { raise: false } };
const clings: ClientFault10 = { clings: true };
const lingers: ClientFault10 = { lingers: true };
const unanswering: ClientFault10 = { automatic: { ending: false }, unmoved: true };
const credulous: ClientFault10 = { credulous: true };
const twice: When = (seen, at) => {
  const last = at.performative('to-client');
  const body = bodyOf(seen);
  return body?.type === 'disposition' && last?.type === 'disposition' && body.first === last.first;
};
const half = 2 ** 31;

/** The fault under which each case is seen to fail, by the id of the case behind its prefix; what is not here follows from its kind. */
export const faultsByCase: Readonly<Record<string, ClientFault10>> = {
  healthy: unanswering,
  'header/in-pieces': { forgetful: true },
  'sasl/mechanisms-unknown': hears('sasl-mechanisms', () => ({ saslServerMechanisms: ['PLAIN'] })),
  'sasl/outcome-auth': lingers,
  'sasl/outcome-sys': lingers,
  'sasl/outcome-sys-perm': lingers,
  'sasl/outcome-sys-temp': lingers,
  'sasl/mechanisms-single': leaves(said('sasl-mechanisms', fields => fields.saslServerMechanisms.length === 1)),
  'sasl/mechanisms-wide': leaves(described(0xb3)),
  'sasl/challenge-unasked': dies(said('sasl-challenge')),
  'sasl/extended-header': leaves(extended),
  'open/max-frame-size-512': hears('open', () => ({ maxFrameSize: 65_536 })),
  'open/channel-max-0': sends(request10('begin', draft => draft.on(3))),
  'open/idle-time-out': { automatic: { idle: false } },
  'open/idle-time-out-tiny': dies(said('open', fields => fields.idleTimeOut === 1)),
  'open/idle-time-out-zero': minds(said('open', fields => fields.idleTimeOut === 0)),
  'open/container-id-text': minds(said('open', fields => !/^[\w-]+$/.test(fields.containerId))),
  'open/properties-every-type': minds(property(typed('decimal64'))),
  'open/properties-described': minds(property(typed('described'))),
  'open/reserved-descriptor': minds(property(typed('described'))),
  'open/capabilities-single': minds(said('open', fields => fields.offeredCapabilities?.[0] === 'x-one')),
  'open/trailing-nulls': minds(described(0xa3)),
  'begin/handle-max-0': sends(request10('attach', draft => draft.with({ handle: draft.fields.handle + 1 }))),
  'begin/window-shut': sends(
    either10(
      answer10('begin', draft => draft.with({ incomingWindow: 100 })),
      answer10('flow', draft => draft.with({ incomingWindow: 100 })),
    ),
  ),
  'begin/ids-wrap': minds(transfer(({ deliveryId = 0 }) => deliveryId > half)),
  'begin/other-channel': minds(said('begin', (_fields, _payload, seen) => seen.channel > 0)),
  'begin/unasked': mute('begin', fields => fields.remoteChannel !== undefined),
  'attach/modes-mixed': dies(said('attach')),
  'attach/modes-left-out': dies(said('attach')),
  'attach/delivery-count-wraps': minds(said('attach', ({ initialDeliveryCount = 0 }) => initialDeliveryCount > half)),
  'attach/max-message-size': hears('attach', () => ({ maxMessageSize: undefined })),
  'attach/max-message-size-zero': mute('transfer'),
  'attach/properties-unknown': minds(said('attach', fields => fields.properties !== undefined)),
  'attach/other-handle': minds(said('attach', fields => fields.handle >= 5)),
  'attach/unasked': mute('attach', fields => fields.name === 'amqpspec-unasked'),
  'flow/credit-one-by-one': hears('flow', ({ linkCredit, handle }) => linkCredit !== undefined && handle === 0 && { linkCredit: 10 }),
  'flow/credit-taken-back': hears('flow', ({ linkCredit, handle }) => linkCredit === 0 && handle === 0 && { linkCredit: 200 }),
  'flow/drain': { automatic: { drain: false } },
  'flow/count-behind': hears('flow', ({ linkCredit }) => linkCredit === 1 && { linkCredit: 5 }),
  'flow/echo-link': { automatic: { echo: false } },
  'flow/echo-session': { automatic: { echo: false } },
  'flow/session-only': minds(said('flow', fields => fields.handle === undefined)),
  'flow/properties': minds(said('flow', fields => fields.properties !== undefined)),
  'flow/available': minds(said('flow', fields => fields.available === 0xffffffff)),
  'transfer/many-frames': minds(transfer(({ more }, payload) => more === true && payload.length === 0)),
  'transfer/octet-by-octet': minds(transfer(({ more }, payload) => more === true && payload.length === 1)),
  'transfer/aborted': minds(transfer(({ aborted }) => aborted === true)),
  'transfer/aborted-with-more': minds(transfer(({ aborted }) => aborted === true)),
  'transfer/settled': { talkative: true },
  'transfer/settled-left-out': mute('disposition'),
  'transfer/batchable': minds(transfer(({ batchable }) => batchable === true)),
  'transfer/tag-32': minds(transfer(({ deliveryTag }) => deliveryTag?.length === 32)),
  'transfer/tag-empty': minds(transfer(({ deliveryTag }) => deliveryTag?.length === 0)),
  'transfer/tag-twice': dies(transfer(({ deliveryId }) => deliveryId === 1)),
  'message/body-data': minds(message(({ body }) => body?.type === 'data' && body.value.length === 3)),
  'message/body-sequence': minds(message(({ body }) => body?.type === 'amqp-sequence')),
  'message/body-null': minds(inBody(typed('null'))),
  'message/body-described': minds(inBody(typed('described'))),
  'message/body-reserved-descriptor': minds(inBody(typed('described'))),
  'message/numbers': minds(inBody(typed('double'))),
  'message/decimals': minds(inBody(typed('decimal128'))),
  'message/decimals-in-properties': minds(message(({ applicationProperties = [] }) => applicationProperties.some(([, value]) => value.type === 'char'))),
  'message/moments': minds(inBody(typed('uuid'))),
  'message/texts': minds(inBody(typed('symbol'))),
  'message/compounds': minds(inBody(typed('map'))),
  'message/odd-arrays': minds(inBody(typed('array'))),
  'message/every-section': minds(message(({ footer }) => footer !== undefined)),
  'message/id-types': minds(message(({ properties }) => properties?.messageId?.type === 'ulong')),
  'message/none': dies(transfer((_fields, payload) => payload.length === 0)),
  'message/format-unknown': dies(transfer(({ messageFormat = 0 }) => messageFormat > 0)),
  'disposition/rejected': dies(state('rejected')),
  'disposition/rejected-bare': dies(state('rejected')),
  'disposition/released': dies(state('released')),
  'disposition/modified': dies(state('modified')),
  'disposition/twice': minds(twice),
  'disposition/unknown-ids': minds(said('disposition', ({ first }) => first >= 1000)),
  'disposition/huge-range': minds(said('disposition', ({ first, last = first }) => last - first > 1_000_000)),
  'disposition/reversed-range': dies(said('disposition', ({ first, last = first }) => last < first)),
  'disposition/received': minds(state('received')),
  'disposition/other-direction': minds(said('disposition', ({ role }) => role === 'sender')),
  'disposition/settles-second': mute('disposition', ({ role }) => role === 'sender'),
  'disposition/state-unknown': dies(seen => bodyOf(seen)?.type === 'disposition' && seen.what === 'frame' && seen.bytes.includes(0x99)),
  'frame/extended-header': minds(extended),
  'frame/empty-everywhere': minds(emptyFrame),
  'frame/symbolic-descriptors': minds(described(0xb3)),
  'frame/wide-descriptors': minds(described(0x80)),
  'frame/nested': dies(broken),
  'stream/close-unanswered': { patient: true },
};

const credulously = /^message\//;
const ended = /^(close|end|detach|attach|transfer)\//;

/** The fault of a case: its own, or what breaks every case of its kind. */
export function faultFor(law: AnyCase): ClientFault10 {
  const name = law.id.slice('amqp10/client/'.length);
  const own = faultsByCase[name];
  if (own !== undefined) return own;
  if (isObserved(law)) return deaf;
  if (law.ends === true) return lingers;
  if (law.legal.every(({ kind }) => kind === 'drops')) return clings;
  if (credulously.test(name)) return credulous;
  return ended.test(name) && law.lawful ? unanswering : deaf;
}
