/**
 * The codec of AMQP 0-9-1: octets to values and back. Decoders are total: any octets give a value, the need for more, or a violation with its
 * rule and offset. Encoders throw a `RangeError` for values that no octets stand for.
 */
export type { Method, MethodArguments, MethodName } from '../../spec/amqp091/classes.ts';
export type { FieldTable, FieldValue, TagDialect } from '../../spec/amqp091/domains.ts';
export { type Decoded, isViolation, type NeedMore, type Value, type Violation } from '../decoded.ts';
export { type ProtocolHeader, parseProtocolHeader, protocolHeader091 } from '../protocol-header.ts';
export {
  type ContentHeader,
  type ContentHeaderDraft,
  contentHeader,
  decodeContentHeader,
  encodeContent,
  type PlainProperties,
  plainProperties,
} from './content.ts';
export {
  decodePairs,
  decodeTable,
  encodePairs,
  encodeTable,
  fieldTable,
  fieldValue,
  nestingMax,
  type Plain,
  type PlainValue,
  plain,
  plainValue,
  type TagOptions,
} from './field-table.ts';
export { decodeFrame, decodePayload, encodeFrame, type Frame } from './frame.ts';
export { decodeMethod, encodeMethod, encodeMethodFrame, method, methodIds, methodName, methodNames } from './method.ts';
export { decodeRawFrame, encodeRawFrame, type FrameOptions, type RawFrame } from './raw-frame.ts';
