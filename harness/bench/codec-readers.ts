import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Splitter } from '../endpoint/splitter.ts';
import { decodePayload, type Frame, isViolation } from '../wire/amqp091/codec.ts';

/** amqplib's parser, which its package does not export. */
export interface Amqplib {
  readonly parseFrame: (bytes: Buffer, max: number) => { readonly rest: Buffer } | false;
  readonly decodeFrame: (frame: object) => AmqplibFrame;
}

export interface AmqplibFrame {
  readonly size?: number;
  readonly content?: Buffer;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** @throws where amqplib is not installed: it is a dependency of development only. */
export function loadAmqplib(): Amqplib {
  const require = createRequire(import.meta.url);
  return require(join(dirname(require.resolve('amqplib')), 'lib', 'frame.js')) as Amqplib;
}

const frameMax = 131_072;

/** Reads all frames as amqplib's connection does: pieces are joined to what was left over. */
export function readWithAmqplib({ parseFrame, decodeFrame }: Amqplib, chunks: readonly Buffer[], take: (frame: AmqplibFrame) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let frame = parseFrame(rest, frameMax); frame; frame = parseFrame(rest, frameMax)) {
      rest = frame.rest;
      take(decodeFrame(frame));
    }
  }
}

/** Reads all frames with our splitter and codec. */
export function readWithOurs(chunks: readonly Buffer[], take: (frame: Frame) => void): void {
  const splitter = new Splitter({ frameMax });
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let raw = splitter.next(); raw !== undefined; raw = splitter.next()) {
      const frame = isViolation(raw) ? raw : decodePayload(raw);
      if (isViolation(frame)) throw new Error(`${frame.rule} at octet ${frame.offset}`);
      take(frame);
    }
  }
}
