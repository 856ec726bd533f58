import type { SectionName } from '../../spec/amqp10/composites.ts';
import { type AmqpValue, primitives, type Typed } from '../../spec/amqp10/primitives.ts';
import type { AmqpHeader, AmqpProperties, Annotations } from '../../spec/amqp10/values.ts';
import { isViolation, type Violation } from '../decoded.ts';
import { compositeCodec, readComposite } from './composite.ts';
import { type Cursor, cursorOver } from './cursor.ts';
import { keyReader } from './fields.ts';
import { viewOf } from './octets.ts';
import { orderOf, placeSize, scanSections, sectionRow } from './sections.ts';
import { readCheckedMap, readValue } from './value.ts';

/** Names and values of application properties in wire order. */
export type ApplicationProperties = readonly (readonly [name: string, value: AmqpValue])[];

/** The body of a message: all of its sections, which are of one kind. */
export type MessageBody =
  | { readonly type: 'data'; readonly value: readonly Uint8Array[] }
  | { readonly type: 'amqp-sequence'; readonly value: readonly (readonly AmqpValue[])[] }
  | { readonly type: 'amqp-value'; readonly value: AmqpValue };

/** A section as it stands in the message: its octets are `[start, end)`, what its descriptor describes starts at `valueStart`. */
export interface SectionPlace {
  readonly name: SectionName;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

const header = orderOf('header');
const deliveryAnnotations = orderOf('delivery-annotations');
const messageAnnotations = orderOf('message-annotations');
const properties = orderOf('properties');
const applicationProperties = orderOf('application-properties');
const data = orderOf('data');
const amqpSequence = orderOf('amqp-sequence');
const amqpValue = orderOf('amqp-value');
const footer = orderOf('footer');

const { map8, map32 } = primitives.map;
const annotationKey = keyReader(['symbol', 'ulong'], 'annotationKeys');
const nameKey = keyReader(['string'], 'propertyNames') as (cursor: Cursor) => string;
const headerCodec = compositeCodec('header');
const propertiesCodec = compositeCodec('properties');

const mapWidth = (cursor: Cursor): number => (cursor.octet() === map8.code ? map8.width : map32.width);

/**
 * A message as it came: its sections were found and checked, and each is decoded when it is read, which cannot fail. What is decoded is not kept: whoever
 * reads a section twice keeps it. Octets are views on those that were decoded.
 */
export class Message {
  /** The message is `bytes[start, end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly #places: readonly number[];

  /** Made by `decodeMessage`, which has checked the octets. */
  constructor(bytes: Uint8Array, start: number, end: number, places: readonly number[]) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.#places = places;
  }

  get octets(): Uint8Array {
    return viewOf(this.bytes, this.start, this.end);
  }

  /** The sections in the order in which they stand. */
  get places(): readonly SectionPlace[] {
    const places = this.#places;
    return Array.from({ length: places.length / placeSize }, (_, index) => {
      const [order = 0, start = 0, valueStart = 0, end = 0] = places.slice(index * placeSize, (index + 1) * placeSize);
      return { name: sectionRow(order).name, start, valueStart, end };
    });
  }

  get header(): AmqpHeader | undefined {
    const cursor = this.#valueOf(header);
    return cursor && (readComposite(cursor, headerCodec) as AmqpHeader);
  }

  get deliveryAnnotations(): Annotations | undefined {
    return this.#annotations(deliveryAnnotations);
  }

  get messageAnnotations(): Annotations | undefined {
    return this.#annotations(messageAnnotations);
  }

  get properties(): AmqpProperties | undefined {
    const cursor = this.#valueOf(properties);
    return cursor && (readComposite(cursor, propertiesCodec) as AmqpProperties);
  }

  get applicationProperties(): ApplicationProperties | undefined {
    const cursor = this.#valueOf(applicationProperties);
    return cursor && readCheckedMap(cursor, mapWidth(cursor), nameKey);
  }

  /** Undefined where there is none, which the standard does not provide for. */
  get body(): MessageBody | undefined {
    const value = this.#valueOf(amqpValue);
    if (value) return { type: 'amqp-value', value: readValue(value) };
    const parts = this.#valuesOf(data);
    if (parts.length > 0) return { type: 'data', value: parts.map(part => (part as Typed<'binary'>).value) };
    const sequences = this.#valuesOf(amqpSequence);
    return sequences.length === 0 ? undefined : { type: 'amqp-sequence', value: sequences.map(part => (part as Typed<'list'>).value) };
  }

  get footer(): Annotations | undefined {
    return this.#annotations(footer);
  }

  /** What nobody may change on the way: properties, application properties and body. */
  get bare(): Uint8Array {
    const at = this.#find(footer);
    return viewOf(this.bytes, this.#bareStart(), at < 0 ? this.end : this.#number(at + 1));
  }

  /** The bare message and the footer. */
  get tail(): Uint8Array {
    return viewOf(this.bytes, this.#bareStart(), this.end);
  }

  /** The octets of the first section of that name, its descriptor included. */
  section(name: SectionName): Uint8Array | undefined {
    const at = this.#find(orderOf(name));
    return at < 0 ? undefined : viewOf(this.bytes, this.#number(at + 1), this.#number(at + 3));
  }

  #number(at: number): number {
    return this.#places[at] as number;
  }

  /** Where the first section of that order stands among the places, or -1. */
  #find(order: number): number {
    const places = this.#places;
    for (let at = 0; at < places.length; at += placeSize) if (places[at] === order) return at;
    return -1;
  }

  /** Where the first section stands that is no header and no annotations. */
  #bareStart(): number {
    const places = this.#places;
    for (let at = 0; at < places.length; at += placeSize) if (this.#number(at) >= properties) return this.#number(at + 1);
    return this.end;
  }

  #valueAt(at: number): Cursor {
    return cursorOver(this.bytes, this.#number(at + 2), this.#number(at + 3));
  }

  #valueOf(order: number): Cursor | undefined {
    const at = this.#find(order);
    return at < 0 ? undefined : this.#valueAt(at);
  }

  #valuesOf(order: number): readonly AmqpValue[] {
    const values: AmqpValue[] = [];
    for (let at = 0; at < this.#places.length; at += placeSize) if (this.#places[at] === order) values.push(readValue(this.#valueAt(at)));
    return values;
  }

  #annotations(order: number): Annotations | undefined {
    const cursor = this.#valueOf(order);
    return cursor && readCheckedMap(cursor, mapWidth(cursor), annotationKey);
  }
}

/**
 * Reads the message that `bytes[start, end)` are: its sections, their order and their values are checked as deep as they go. Offsets count from the start of
 * `bytes`. A message of another format than 0 is not to be read by this.
 */
export function decodeMessage(bytes: Uint8Array, start = 0, end: number = bytes.length): Message | Violation {
  const places = scanSections(bytes, start, end);
  return isViolation(places) ? places : new Message(bytes, start, end, places);
}
