import { createRequire } from 'node:module';
import { framing10 } from '../endpoint/framing.ts';
import { Splitter } from '../endpoint/splitter.ts';
import type { CutFrame } from '../wire/amqp10/codec.ts';
import {
  type AmqpValue,
  composite,
  decodeBody,
  decodeMessage,
  encodeMessage,
  type Frame,
  isViolation,
  type Message,
  transferFrames,
} from '../wire/amqp10/codec.ts';
import { measure, type Print, table } from './measure.ts';

const chunkSize = 65_536;
const messages = 10_000;
const maxFrameSize = 65_536;

/** rhea's parsers, which its package does not export. */
interface Rhea {
  readonly read_frame: (
    bytes: Buffer,
  ) => { readonly size: number; readonly performative?: Readonly<Record<string, unknown>>; readonly payload?: Buffer } | null;
}

interface RheaMessages {
  readonly decode: (bytes: Buffer) => Readonly<Record<string, unknown>>;
}

/** @throws where rhea is not installed: it is a dependency of development only. */
export function loadRhea(): { readonly frames: Rhea; readonly messages: RheaMessages } {
  const require = createRequire(import.meta.url);
  return { frames: require('rhea/lib/frames.js') as Rhea, messages: require('rhea/lib/message.js') as RheaMessages };
}

const text = (value: string): AmqpValue => ({ type: 'string', value });

/** Transfers with header, annotations, properties, application properties and a body of 200 octets, as a stream. */
export function transfers(count: number): Buffer {
  const pieces = Array.from({ length: count }, (_, index) => {
    const message = encodeMessage({
      header: { durable: true, priority: 4, ttl: 60_000, firstAcquirer: false, deliveryCount: 1 },
      messageAnnotations: [['x-opt-partition', { type: 'uint', value: index % 16 }]],
      properties: {
        messageId: { type: 'string', value: `message-${index}` },
        to: `queue-${index % 5}`,
        subject: 'order.created',
        replyTo: 'answers',
        correlationId: { type: 'ulong', value: BigInt(index) },
        contentType: 'application/json',
        creationTime: 1_311_704_463_521n + BigInt(index),
      },
      applicationProperties: [
        ['region', text(index % 2 ? 'eu-west' : 'us-east')],
        ['attempt', { type: 'uint', value: index % 7 }],
        ['urgent', { type: 'boolean', value: index % 3 === 0 }],
      ],
      body: { type: 'data', value: [Buffer.alloc(200, index)] },
    });
    const deliveryTag = Buffer.alloc(4);
    deliveryTag.writeUInt32BE(index);
    const transfer = composite('transfer', { handle: index % 3, deliveryId: index, deliveryTag, messageFormat: 0, settled: index % 2 === 0 });
    return Buffer.concat(transferFrames(1, transfer, message, maxFrameSize));
  });
  return Buffer.concat(pieces);
}

const chunksOf = (stream: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.ceil(stream.length / chunkSize) }, (_, index) => stream.subarray(index * chunkSize, (index + 1) * chunkSize));

/** Reads all frames with our splitter and codec. */
export function readFrames(chunks: readonly Buffer[], take: (frame: Frame) => void): void {
  const splitter = new Splitter<CutFrame>({ frameMax: maxFrameSize, framing: framing10 });
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let raw = splitter.next(); raw !== undefined; raw = splitter.next()) {
      const frame = 'kind' in raw ? raw : decodeBody(raw);
      if ('kind' in frame) throw new Error(`${frame.rule} at octet ${frame.offset}`);
      take(frame);
    }
  }
}

/** Reads all frames as rhea's connection does: pieces are joined to what was left over. */
export function readFramesWithRhea(
  { read_frame: readFrame }: Rhea,
  chunks: readonly Buffer[],
  take: (frame: ReturnType<Rhea['read_frame']> & object) => void,
): void {
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readUInt32BE(0)) {
      const frame = readFrame(rest.subarray(0, rest.readUInt32BE(0)));
      if (!frame) return;
      rest = rest.subarray(frame.size);
      take(frame);
    }
  }
}

function messageOf(frame: Frame): Message {
  const message = frame.type === 'amqp' ? decodeMessage(frame.payload) : undefined;
  if (!message || isViolation(message)) throw new Error('no message');
  return message;
}

/** Keeps engines from leaving out work whose result nobody reads. */
let sink = 0;

const readNothing = (frame: Frame): void => {
  sink += messageOf(frame).end;
};

/** What a broker needs that routes by `to` and expires. */
function readLittle(frame: Frame): void {
  const message = messageOf(frame);
  sink += (message.header?.ttl ?? 0) + (message.properties?.to?.length ?? 0);
}

function readAll(frame: Frame): void {
  const message = messageOf(frame);
  const { header, properties, applicationProperties, messageAnnotations, body } = message;
  sink += (header?.ttl ?? 0) + (properties?.to?.length ?? 0) + (applicationProperties?.length ?? 0) + (messageAnnotations?.length ?? 0);
  if (body?.type === 'data') sink += body.value[0]?.length ?? 0;
}

const rheaFields = ['handle', 'delivery_id', 'delivery_tag', 'message_format', 'settled'] as const;

/** What we answer of one transfer and its message, and rhea, in the same shape. */
function ours(frame: Frame): unknown {
  if (frame.type !== 'amqp' || frame.performative?.type !== 'transfer') return {};
  const { handle, deliveryId, deliveryTag = new Uint8Array(0), messageFormat, settled } = frame.performative;
  const { header, properties, applicationProperties = [], body } = messageOf(frame);
  return {
    transfer: [handle, deliveryId, Buffer.from(deliveryTag).toString('hex'), messageFormat, settled],
    header: [header?.durable, header?.priority, header?.ttl, header?.firstAcquirer, header?.deliveryCount],
    properties: [
      properties?.messageId?.value,
      properties?.to,
      properties?.subject,
      properties?.replyTo,
      Number(properties?.correlationId?.value),
      properties?.contentType,
    ],
    created: Number(properties?.creationTime),
    application: Object.fromEntries(applicationProperties.map(([name, { type, ...rest }]) => [name, 'value' in rest ? rest.value : type])),
    body: body?.type === 'data' && Buffer.from(body.value[0] ?? []).toString('hex'),
  };
}

function theirs({ performative = {}, payload = Buffer.alloc(0) }: ReturnType<Rhea['read_frame']> & object, { decode }: RheaMessages): unknown {
  const fields = rheaFields.map(name => performative[name]);
  const message = decode(payload);
  const body = message.body as { readonly content: Buffer };
  return {
    transfer: fields.map(value => (Buffer.isBuffer(value) ? value.toString('hex') : value)),
    header: [message.durable, message.priority, message.ttl, message.first_acquirer, message.delivery_count],
    properties: [message.message_id, message.to, message.subject, message.reply_to, message.correlation_id, message.content_type],
    created: (message.creation_time as Date).getTime(),
    application: message.application_properties,
    body: body.content.toString('hex'),
  };
}

/**
 * How many transfers the stream holds.
 * @throws where the two parsers make different values of the same octets: then their times say nothing.
 */
export function requireEqualTransfers(stream: Buffer): number {
  const rhea = loadRhea();
  const [a, b]: [unknown[], unknown[]] = [[], []];
  readFrames(chunksOf(stream), frame => a.push(ours(frame)));
  readFramesWithRhea(rhea.frames, chunksOf(stream), frame => b.push(theirs(frame, rhea.messages)));
  const different = a.findIndex((each, index) => JSON.stringify(each) !== JSON.stringify(b[index]));
  if (different >= 0 || a.length !== b.length) throw new Error(`transfer ${different} decodes differently`);
  return a.length;
}

/** Decodes the same stream of transfers with rhea's parser and with ours in this process, after showing that the values are equal. */
export function run(print: Print): void {
  print(`${requireEqualTransfers(transfers(1_000))} transfers decode to equal values`);
  const chunks = chunksOf(transfers(messages));
  const rhea = loadRhea();
  const measured = measure(
    {
      'rhea, all values': () =>
        readFramesWithRhea(rhea.frames, chunks, ({ performative, payload }) => {
          for (const name of rheaFields) sink += performative?.[name] === undefined ? 0 : 1;
          sink += payload && rhea.messages.decode(payload).to ? 1 : 0;
        }),
      'amqpspec, all values': () => readFrames(chunks, readAll),
      'amqpspec, header and properties': () => readFrames(chunks, readLittle),
      'amqpspec, checked only': () => readFrames(chunks, readNothing),
      'amqpspec, transfer only': () => readFrames(chunks, frame => (sink += frame.type.length)),
    },
    25,
  );
  const [baseline] = measured;
  const rows = measured.map(({ name, bestMs, medianMs }) => [
    name,
    Math.round((messages / bestMs) * 1000).toLocaleString('en'),
    Math.round((messages / medianMs) * 1000).toLocaleString('en'),
    `${((baseline?.bestMs ?? Number.NaN) / bestMs).toFixed(2)} ×`,
    `${((baseline?.medianMs ?? Number.NaN) / medianMs).toFixed(2)} ×`,
  ]);
  print(table(['codec', 'transfers/s, best', 'median', 'against rhea, best', 'median'], rows));
  if (sink === 0) throw new Error('nothing was read');
}
