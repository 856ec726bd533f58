import { isDeepStrictEqual } from 'node:util';
import { type Frame, plainProperties } from '../wire/amqp091/codec.ts';
import { type AmqplibFrame, loadAmqplib, readWithAmqplib, readWithOurs } from './codec-readers.ts';
import { deliveries } from './deliveries.ts';
import { heapAfterCollection, type Measured, measure, type Print, table } from './measure.ts';

const chunkSize = 65_536;
const messages = 20_000;
const framesOfMemoryRun = 10_000_000;

/** The stream in the pieces in which a socket delivers it. */
function chunksOf(stream: Buffer): readonly Buffer[] {
  return Array.from({ length: Math.ceil(stream.length / chunkSize) }, (_, index) => stream.subarray(index * chunkSize, (index + 1) * chunkSize));
}

/** What an application gets of one frame, in the same shape from both parsers. */
type Output = Readonly<Record<string, unknown>>;

function outputOfOurs(frame: Frame): Output {
  switch (frame.type) {
    case 'method': {
      const args = frame.method.args as { readonly deliveryTag: bigint };
      return { ...args, deliveryTag: Number(args.deliveryTag) };
    }
    case 'header':
      return { bodySize: Number(frame.header.bodySize), ...plainProperties(frame.header) };
    case 'body':
      return { body: Buffer.from(frame.payload).toString('latin1') };
    case 'heartbeat':
      return {};
  }
}

/** amqplib leaves absent properties undefined, wraps timestamps and calls nothing else by another name here. */
function outputOfAmqplib({ size, fields, content }: AmqplibFrame): Output {
  if (content) return { body: content.toString('latin1') };
  const present = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined);
  return { ...(size === undefined ? {} : { bodySize: size }), ...Object.fromEntries(present) };
}

/**
 * How many frames the stream holds.
 * @throws where the two parsers make different values of the same octets: then their times say nothing. */
export function requireEqualOutput(stream: Buffer): number {
  const amqplib = loadAmqplib();
  const [ours, theirs]: [Output[], Output[]] = [[], []];
  readWithOurs(chunksOf(stream), frame => ours.push(outputOfOurs(frame)));
  readWithAmqplib(amqplib, chunksOf(stream), frame => theirs.push(outputOfAmqplib(frame)));
  const different = ours.findIndex((output, index) => !isDeepStrictEqual(output, theirs[index]));
  if (different >= 0 || ours.length !== theirs.length) throw new Error(`frame ${different} decodes differently`);
  return ours.length;
}

/** Keeps engines from leaving out work whose result nobody reads. */
let sink = 0;

function readAll(frame: Frame): void {
  if (frame.type === 'method') sink += frame.method.name.length;
  else if (frame.type === 'header') sink += plainProperties(frame.header).deliveryMode ?? 0;
  else if (frame.type === 'body') sink += frame.payload.length;
}

/** What a consumer needs that acknowledges and takes the body. */
function readLittle(frame: Frame): void {
  if (frame.type === 'method' && frame.method.name === 'basic.deliver') sink += frame.method.args.consumerTag.length + Number(frame.method.args.deliveryTag);
  else if (frame.type === 'body') sink += frame.payload.length;
}

function speeds(stream: Buffer): readonly Measured[] {
  const chunks = chunksOf(stream);
  const amqplib = loadAmqplib();
  return measure(
    {
      'amqplib, all values': () => readWithAmqplib(amqplib, chunks, frame => (sink += frame.content?.length ?? 1)),
      'amqpspec, all values': () => readWithOurs(chunks, readAll),
      'amqpspec, tag and body only': () => readWithOurs(chunks, readLittle),
    },
    40,
  );
}

/** Decodes the stream over and over, up to ten million frames, and prints what lives on the heap at the start, in the middle and at the end. */
function memory(stream: Buffer, print: Print): void {
  const chunks = chunksOf(stream);
  const marks = [1, framesOfMemoryRun / 2, framesOfMemoryRun];
  for (let frames = 0; marks.length > 0; ) {
    readWithOurs(chunks, frame => {
      frames += 1;
      readAll(frame);
    });
    if (frames < (marks[0] ?? 0)) continue;
    marks.shift();
    print(`heap after ${frames.toLocaleString('en')} frames: ${(heapAfterCollection() / 1024 / 1024).toFixed(1)} MiB`);
  }
}

/**
 * Decodes the same stream of deliveries with amqplib's parser and with ours in this process, after showing that the values are equal; then shows
 * that memory stays flat.
 */
export function run(print: Print): void {
  const frames = requireEqualOutput(deliveries(2_000));
  print(`${frames} frames of ${2_000} deliveries decode to equal values`);
  const stream = deliveries(messages);
  const [baseline, ...others] = speeds(stream);
  if (!baseline) throw new Error('nothing was measured');
  const rows = [baseline, ...others].map(({ name, bestMs, medianMs }) => [
    name,
    Math.round((messages / bestMs) * 1000).toLocaleString('en'),
    Math.round((messages / medianMs) * 1000).toLocaleString('en'),
    `${(baseline.bestMs / bestMs).toFixed(2)} ×`,
    `${(baseline.medianMs / medianMs).toFixed(2)} ×`,
  ]);
  print(table(['codec', 'deliveries/s, best', 'median', 'against amqplib, best', 'median'], rows));
  memory(stream, print);
  if (sink === 0) throw new Error('nothing was read');
}
