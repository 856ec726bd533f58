import { type AmqpValue, decodeValue, encodeValue, type PrimitiveType, type SectionName, type Typed } from '../wire/amqp10/codec.ts';
import type { FrameSeam10 } from './fault10.ts';
import { delivered10, type Message10 } from './messages10.ts';

/** Sections that hold values of any type. */
const open: ReadonlySet<SectionName> = new Set(['application-properties', 'amqp-sequence', 'amqp-value', 'message-annotations', 'footer']);

type Change = (value: AmqpValue) => AmqpValue | undefined;

/** The value with each part of it that `change` answers something else for; the same object where there is none. */
function walked(value: AmqpValue, change: Change): AmqpValue {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (value.type === 'described') {
    const inner = walked(value.value, change);
    return inner === value.value ? value : { ...value, value: inner };
  }
  if (value.type === 'list') {
    const items = value.value.map(item => walked(item, change));
    return items.every((item, at) => item === value.value[at]) ? value : { type: 'list', value: items };
  }
  if (value.type === 'map') {
    const pairs = value.value.map(([key, each]) => [key, walked(each, change)] as const);
    return pairs.every(([, each], at) => each === value.value[at]?.[1]) ? value : { type: 'map', value: pairs };
  }
  return value;
}

/** The octets of a section with its values changed; `undefined` where none is. */
function resection(octets: Uint8Array, change: Change): Uint8Array | undefined {
  const decoded = decodeValue(octets);
  if (decoded.kind !== 'value' || decoded.value.type !== 'described') return undefined;
  const { value } = decoded.value;
  const next = walked(value, change);
  return next === value ? undefined : encodeValue({ ...decoded.value, value: next });
}

/** The message with its values changed, where one is. */
export function revalue(message: Message10, change: Change): Message10 | false {
  let changes = 0;
  const next = message.resectioned((name, octets) => {
    const changed = open.has(name) ? resection(octets, change) : undefined;
    if (changed !== undefined) changes += 1;
    return changed ?? octets;
  });
  return changes > 0 && next;
}

/** Values of that type, wherever a message holds values of any type, reach the client as others. */
export function revalued<T extends PrimitiveType>(type: T, change: (value: Typed<T>) => AmqpValue): FrameSeam10 {
  return delivered10(message => revalue(message, value => (value.type === type ? change(value as Typed<T>) : undefined)));
}

/** Described values lose what describes them. */
export const undescribed: FrameSeam10 = delivered10(message => revalue(message, value => (value.type === 'described' ? value.value : undefined)));
