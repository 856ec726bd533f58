import { crc32 } from 'node:zlib';
import { fromText, toText } from './plain-text.ts';
import type { Plain, SingleChange, StoredMessage } from './store.ts';

/** What a record is, the first octet of its key: keys sort by kind, then by `major`, then by `minor`. */
export const kinds = { version: 1, definition: 2, queue: 3, message: 4, shared: 5, sent: 6 } as const;
export type RecordKind = (typeof kinds)[keyof typeof kinds];

/** Octets of every key: kind, major (32 bits), minor (48 bits). */
export const keySize = 11;

export function keyInto(key: Buffer, kind: RecordKind, major: number, minor: number): Buffer {
  key[0] = kind;
  key.writeUInt32BE(major, 1);
  key.writeUIntBE(minor, 5, 6);
  return key;
}

export function recordKey(kind: RecordKind, major: number, minor: number): Buffer {
  return keyInto(Buffer.allocUnsafe(keySize), kind, major, minor);
}

export const majorOf = (key: Uint8Array): number => Buffer.from(key.buffer, key.byteOffset, keySize).readUInt32BE(1);
export const minorOf = (key: Uint8Array): number => Buffer.from(key.buffer, key.byteOffset, keySize).readUIntBE(5, 6);

/** In front of what a record says: checksum of all that follows it, and the key, so that a record in a wrong place is found out. */
const headSize = 4 + keySize;

/** Takes octets for a record from wherever the caller keeps them. */
export type Allocate = (size: number) => Buffer;

function sealed(record: Buffer, key: Uint8Array): Buffer {
  record.set(key, 4);
  record.writeUInt32LE(crc32(record.subarray(4)), 0);
  return record;
}

/** What a record says, or undefined where its octets are not those that were written under this key. */
export function opened(record: Buffer, key: Uint8Array): Buffer | undefined {
  if (record.length < headSize || record.readUInt32LE(0) !== crc32(record.subarray(4))) return undefined;
  return record.subarray(4, headSize).equals(key) ? record.subarray(headSize) : undefined;
}

/** A record of plain data. */
export function plainRecord(allocate: Allocate, key: Uint8Array, value: Plain): Buffer {
  const text = toText(value);
  const record = allocate(headSize + Buffer.byteLength(text));
  record.write(text, headSize);
  return sealed(record, key);
}

/** @throws {SyntaxError} where it is none. */
export const plainOf = (content: Buffer): Plain => fromText(content.toString());

type Append = Extract<SingleChange, { readonly change: 'append' }>;

/** A record without content: it stands in a queue for a message that several queues share. */
export function emptyRecord(allocate: Allocate, key: Uint8Array): Buffer {
  return sealed(allocate(headSize), key);
}

/** Of a message: arrival, lengths of all parts, their number. */
const messageHead = 8 + 5 * 4;

/** A record of one message with the time of its arrival. */
export function messageRecord(allocate: Allocate, key: Uint8Array, { message, arrivedMs }: Append): Buffer {
  const { exchange, routingKey, dialect, header, body } = message;
  const texts = [exchange, routingKey, dialect].map(text => Buffer.byteLength(text));
  let size = headSize + messageHead + 4 * body.length + header.length;
  for (const length of texts) size += length;
  for (const part of body) size += part.length;
  const record = allocate(size);
  let at = record.writeDoubleLE(arrivedMs ?? Number.NaN, headSize);
  for (const length of texts) at = record.writeUInt32LE(length, at);
  at = record.writeUInt32LE(header.length, at);
  at = record.writeUInt32LE(body.length, at);
  for (const part of body) at = record.writeUInt32LE(part.length, at);
  at += record.write(exchange, at);
  at += record.write(routingKey, at);
  at += record.write(dialect, at);
  record.set(header, at);
  at += header.length;
  for (const part of body) {
    record.set(part, at);
    at += part.length;
  }
  return sealed(record, key);
}

/** A message as its record says; its octets are views of `content`. */
export function messageOf(content: Buffer): { readonly message: StoredMessage; readonly arrivedMs: number | undefined } {
  const arrivedMs = content.readDoubleLE(0);
  const length = (index: number) => content.readUInt32LE(8 + 4 * index);
  const parts = length(4);
  let at = messageHead + 4 * parts;
  const next = (size: number) => {
    at += size;
    return new Uint8Array(content.buffer, content.byteOffset + at - size, size);
  };
  const text = (index: number) => {
    at += length(index);
    return content.toString('utf8', at - length(index), at);
  };
  const exchange = text(0);
  const routingKey = text(1);
  const dialect = text(2);
  const header = next(length(3));
  const body = Array.from({ length: parts }, (_, part) => next(length(5 + part)));
  return { message: { exchange, routingKey, dialect, header, body }, arrivedMs: Number.isNaN(arrivedMs) ? undefined : arrivedMs };
}
