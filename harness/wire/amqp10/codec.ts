/**
 * The codec of AMQP 1.0: octets to values and back. Decoders are total: any octets give a value, the need for more, or a violation with its
 * rule and offset. Encoders write the shortest form, and throw a `RangeError` for values that no octets stand for.
 */
export type { CompositeName, SectionName } from '../../spec/amqp10/composites.ts';
export type { AmqpArray, AmqpMap, AmqpValue, Described, EncodingName, PrimitiveType, Typed } from '../../spec/amqp10/primitives.ts';
export type {
  AmqpAttach,
  AmqpBegin,
  AmqpClose,
  AmqpCoordinator,
  AmqpDetach,
  AmqpDisposition,
  AmqpEnd,
  AmqpError,
  AmqpFlow,
  AmqpHeader,
  AmqpOpen,
  AmqpProperties,
  AmqpSource,
  AmqpTarget,
  AmqpTransfer,
  Annotations,
  Composite,
  CompositeFields,
  DeliveryState,
  LifetimePolicy,
  MessageId,
  Outcome,
  Performative,
  PerformativeName,
  SaslBody,
  SaslBodyName,
  SymbolMap,
} from '../../spec/amqp10/values.ts';
export { type Decoded, isViolation, type NeedMore, type Value, type Violation } from '../decoded.ts';
export { type ProtocolHeader, parseProtocolHeader } from '../protocol-header.ts';
export { type Envelope, encodeMessage, type MessageDraft, withEnvelope } from './compose.ts';
export { composite, compositeFields, compositeNames, compositeOf, decodeComposite, describedOf, encodeComposite, withDefaults } from './composite.ts';
export { nestingMax, zeroWidthMax } from './cursor.ts';
export {
  type AmqpFrame,
  decodeBody,
  decodeFrame,
  emptyFrame,
  encodeFrame,
  type Frame,
  performativeFrame,
  type SaslFrame,
  saslBodyFrame,
  transferFrames,
} from './frame.ts';
export { type ApplicationProperties, decodeMessage, Message, type MessageBody, type SectionPlace } from './message.ts';
export { CutFrame, decodeRawFrame, type FrameOptions, protocolHeaders } from './raw-frame.ts';
export { decodeValue } from './value.ts';
export { encodeValue } from './value-writer.ts';
