import type { Conversation, FrameSeam, Passing, Piece } from '../../saboteur/fault.ts';
import { answer, frames, passing, remembering, request } from '../../saboteur/rewrites.ts';
import type { BasicProperties, Method, MethodArguments, MethodName } from '../../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../../spec/amqp091/domains.ts';
import { encodeFrame, encodeMethodFrame, method } from '../../wire/amqp091/codec.ts';
import { contentHeaderOf, unknownMethod } from '../../wire/amqp091/craft.ts';
import type { ClientFault } from './machine-client.test-kit.ts';

type When = (passing: Passing, at: Conversation) => boolean;

/** It drops the socket when this comes. */
const leaves = (when: When): ClientFault => ({
  seam: frames((seen, at) => (seen.direction === 'to-client' && seen.what !== 'end' && when(seen, at) ? { finish: 'reset' } : 'pass')),
});

const close541: Piece = { type: 'method', channel: 0, method: method('connection.close', { replyCode: 541, replyText: 'minds it' }) };
/** It closes the connection when this comes, which it need not mind. */
const minds = (when: When): ClientFault => ({
  seam: frames((seen, at) => (seen.direction === 'to-client' && seen.what !== 'end' && when(seen, at) ? { back: [close541] } : 'pass')),
});

const said = <N extends MethodName>(name: N, test: (args: MethodArguments<N>, channel: number) => boolean = () => true): When => {
  return seen =>
    seen.what === 'frame' &&
    seen.frame.type === 'method' &&
    seen.frame.method.name === name &&
    test(seen.frame.method.args as MethodArguments<N>, seen.channel);
};
const header =
  (test: (properties: BasicProperties, bodySize: bigint) => boolean): When =>
  seen =>
    seen.what === 'frame' && seen.frame.type === 'header' && test(seen.frame.header.properties, seen.frame.header.bodySize);
const body =
  (test: (payload: Uint8Array) => boolean): When =>
  seen =>
    seen.what === 'frame' && seen.frame.type === 'body' && test(seen.frame.payload);
const heartbeat: When = seen => seen.what === 'frame' && seen.frame.type === 'heartbeat';
const broken: When = seen => seen.what === 'broken';

const holds = (table: FieldTable | undefined, test: (value: FieldValue, name: string) => boolean): boolean =>
  table?.some(([name, value]) => test(value, name)) === true;
const typed =
  (type: FieldValue['type']) =>
  (value: FieldValue): boolean =>
    value.type === type;
const isDeep = (value: FieldValue): boolean =>
  value.type === 'table' && holds(value.value, inner => inner.type === 'table' && holds(inner.value, typed('table')));
const properties = (test: (value: FieldValue, name: string) => boolean): When =>
  said('connection.start', ({ serverProperties }) => holds(serverProperties, test));
const decoded = (octets: Uint8Array): string => new TextDecoder().decode(octets);

/** What it sends is something else on the wire. */
const sends = (seam: FrameSeam): ClientFault => ({ seam });
const behind = (name: MethodName, ...more: readonly Piece[]): ClientFault =>
  sends(
    remembering(() => {
      let done = false;
      return request(name, draft => {
        if (done) return false;
        done = true;
        return draft.followedBy(...more);
      });
    }),
  );

const acknowledging = (change: (tag: bigint) => bigint): ClientFault =>
  sends(request('basic.ack', draft => draft.with({ deliveryTag: change(draft.args.deliveryTag) })));

/** It answers no violation. */
const deaf: ClientFault = { automatic: { raise: false } };
const speechless: ClientFault = { automatic: { closeOk: false } };
const gullible: ClientFault = { credulous: true };
const lingering: ClientFault = { lingers: true };
const stray = said('basic.deliver', ({ consumerTag }) => consumerTag === 'nobody');

/** The method at hand, counted. */
const afterMany = (many: number, when: When, unless: When): FrameSeam =>
  remembering(() => {
    let count = 0;
    return frames((seen, at) => {
      if (seen.direction === 'to-client' && unless(seen, at)) count = Number.NEGATIVE_INFINITY;
      if (seen.direction === 'to-client' && when(seen, at)) count += 1;
      return count > many ? { finish: 'reset' } : 'pass';
    });
  });

const header0 = contentHeaderOf(1, { classId: 50, bodySize: 5n });

/** By case, without its prefix: a client that is broken such that the case must tell. Those that are not named here have to tell of a client that minds no mistake. */
export const faultsByCase: Readonly<Record<string, ClientFault>> = {
  healthy: speechless,
  'handshake/version': gullible,
  'handshake/header': lingering,
  'handshake/mechanism': sends(answer('connection.start', draft => draft.with({ mechanisms: new TextEncoder().encode('PLAIN') }))),
  'handshake/locale': gullible,
  'handshake/locales-many': leaves(said('connection.start', ({ locales }) => decoded(locales).includes(' '))),
  'handshake/properties/every-type': leaves(properties(typed('decimal'))),
  'handshake/properties/ambiguous-types': leaves(properties(typed('byte-array'))),
  'handshake/properties/nested': leaves(properties(isDeep)),
  'handshake/properties/long': leaves(properties((_, name) => name.length > 100)),
  'handshake/properties/few': leaves(said('connection.start', ({ serverProperties }) => serverProperties.length === 1)),
  'handshake/properties/duplicate-names': { diesOf: properties((_, name) => name === 'twice') },
  'handshake/challenge': sends(answer('connection.secure', draft => draft.swallowed())),
  'handshake/refused': speechless,
  'handshake/not-opened': speechless,
  'tuning/unlimited': leaves(said('connection.tune', ({ frameMax }) => frameMax === 0)),
  'tuning/frame-max-least': leaves(said('connection.tune', ({ frameMax }) => frameMax === 4096)),
  'tuning/frame-max-below': gullible,
  'tuning/channel-max-one': leaves(said('connection.tune', ({ channelMax }) => channelMax === 1)),
  'tuning/largest': sends(request('connection.tune-ok', draft => draft.with({ frameMax: 0, channelMax: 0 }))),
  'heartbeat/every-second': { idle: true, automatic: { heartbeats: false }, seam: request('basic.ack', draft => draft.swallowed()) },
  'heartbeat/traffic-is-enough': sends(afterMany(10, said('basic.deliver'), heartbeat)),
  'heartbeat/silent-server': { automatic: { heartbeats: false } },
  'heartbeat/unasked': minds(heartbeat),
  'framing/channel-not-open': { diesOf: said('basic.cancel', (_, channel) => channel === 2_000) },
  'methods/class-unknown': { diesOf: broken },
  'methods/method-unknown': { diesOf: broken },
  'methods/direction': { diesOf: said('queue.declare') },
  'methods/channel-zero': { diesOf: said('basic.cancel') },
  'methods/unsolicited-reply': { diesOf: said('tx.commit-ok') },
  'octets/one-by-one': { forgetful: true },
  'octets/in-threes': { forgetful: true },
  'octets/joined': leaves((seen, at) => heartbeat(seen, at) && at.frames['to-client'] > 500),
  'octets/end-in-frame': lingering,
  'octets/end-between-frames': lingering,
  'octets/reset': lingering,
  'octets/end-in-opening': lingering,
  'content/body-missing': sends(request('connection.close', draft => draft.with({ replyCode: 541 }))),
  'content/weight': { diesOf: broken },
  'content/promise': { diesOf: header((_, size) => size > 2n ** 60n) },
  'content/octet-frames': minds(body(({ length }) => length === 1)),
  'content/empty-frames': minds(body(({ length }) => length === 0)),
  'content/empty': minds(header((_, size) => size === 0n)),
  'content/large': minds(header((_, size) => size === 1_000_000n)),
  'content/full-frame': minds(body(({ length }) => length > 100_000)),
  'content/opaque': minds(body(([first]) => first === 0xce)),
  'content/interleaved': minds((seen, at) => heartbeat(seen, at) && at.busy('to-client').length > 0),
  'content/every-property': minds(header(({ userId }) => userId !== undefined)),
  'content/headers/every-type': minds(header(({ headers }) => holds(headers, typed('float')))),
  'content/headers/nested': minds(header(({ headers }) => holds(headers, isDeep))),
  'content/headers/empty': minds(header(({ headers }) => headers?.length === 0)),
  'content/timestamp': minds(header(({ timestamp }) => (timestamp ?? 0n) > 0xffff_ffffn)),
  'content/returned': minds(said('basic.return')),
  'channel/close/mid-content': { automatic: { closeOk: false, raise: false } },
  'flow/off': { flowsOn: true },
  'flow/on': { automatic: { flowOk: false } },
  'consumer/cancelled': minds(said('basic.cancel')),
  'consumer/unknown': { diesOf: stray },
  'consumer/before-consume-ok': { diesOf: stray },
  'consumer/no-channel': { diesOf: stray },
  'delivery/redelivered': minds(said('basic.deliver', ({ redelivered }) => redelivered)),
  'delivery/names': minds(said('basic.deliver', ({ exchange }) => exchange.length === 127)),
  'delivery/tag-32-bits': acknowledging(tag => BigInt.asUintN(32, tag)),
  'delivery/tag-64-bits': acknowledging(tag => BigInt(Number(tag))),
  'confirm/nack': minds(said('basic.nack')),
  'confirm/unknown': { diesOf: said('basic.ack', ({ deliveryTag }) => deliveryTag > 1_000_000n) },
  'connection/blocked': minds(said('connection.blocked')),
  'connection/nothing-behind-close-ok': sends(
    frames((seen, at) =>
      seen.direction === 'to-server' && seen.what === 'frame' && said('connection.close-ok')(seen, at)
        ? { send: [seen.bytes, encodeMethodFrame(1, method('basic.ack', { deliveryTag: 1n }))] }
        : 'pass',
    ),
  ),
  'connection/close-crossing': speechless,
  'connection/deliveries-behind-close': minds(stray),
  'emits/header': sends(passing('to-server', 'header', () => ({ send: [Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 9, 9, 9, 9)] }))),
  'emits/client-properties': { properties: { product: 'terse' } },
  'emits/login': { locale: 'xx_XX' },
  'emits/limits': sends(request('connection.tune-ok', draft => draft.with({ frameMax: 4_000_000 }))),
  'emits/channel-max-not-null': sends(request('connection.tune-ok', draft => draft.with({ channelMax: 0 }))),
  'emits/sequence': { virtualHost: '' },
  'emits/frames': behind('channel.open', encodeFrame({ type: 'heartbeat', channel: 1 })),
  'emits/methods': behind('channel.open', unknownMethod(1, 4_711, 1)),
  'emits/channels': behind('channel.open', encodeMethodFrame(7, method('confirm.select') as Method)),
  'emits/content': behind('basic.consume', encodeMethodFrame(1, method('basic.publish', { routingKey: 'x' })), header0),
  'emits/acknowledgements': behind('basic.ack', encodeMethodFrame(1, method('basic.ack', { deliveryTag: 4_711n }))),
};

/** The fault under which a case is seen to fail. */
export function faultFor(id: string): ClientFault {
  const name = id.replace('amqp091/client/', '');
  if (/^(connection|channel)\/close\/\d+$/.test(name)) return speechless;
  return faultsByCase[name] ?? deaf;
}
