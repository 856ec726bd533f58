import {
  type AmqpValue,
  type ApplicationProperties,
  decodeMessage,
  encodeMessage,
  isViolation,
  type MessageDraft,
  type MessageId,
} from '../wire/amqp10/codec.ts';
import type { FrameSeam10 } from './fault10.ts';
import { delivered10, type Message10, type MessageChange10, published10 } from './messages10.ts';
import { either10, remembering10 } from './rewrites10.ts';

/** A request to a node of the broker's own, as far as faults look into it. */
export interface Asked10 {
  /** The method of HTTP, or the operation that an application property names. */
  readonly verb: string;
  /** The path, or the name that an application property gives. */
  readonly to: string;
  /** Whether another is under way on the connection. */
  readonly behindAnother: boolean;
  /** The type that an application property names. */
  readonly type: string;
}

/** Which requests a fault is about; what is left out matches all. */
export interface RequestMatch {
  readonly verb?: string;
  readonly to?: RegExp;
  readonly when?: (asked: Asked10) => boolean;
}

const matches = ({ verb, to, when }: RequestMatch, asked: Asked10): boolean =>
  (verb === undefined || verb === asked.verb) && (to === undefined || to.test(asked.to)) && (when?.(asked) ?? true);

const keyOf = (id: MessageId | undefined): string => (id === undefined ? '' : `${id.type} ${String(id.value)}`);

function textOf(properties: ApplicationProperties | undefined, name: string): string {
  const value = properties?.find(([key]) => key === name)?.[1];
  return value?.type === 'string' ? value.value : '';
}

interface Remembered {
  readonly asked: Asked10;
  readonly key: string;
}

/** What a message asks; undefined where it is no request. */
function askedIn({ payload }: Message10, behindAnother: boolean): Remembered | undefined {
  const message = decodeMessage(payload);
  if (isViolation(message) || message.properties?.replyTo === undefined) return undefined;
  const { properties, applicationProperties } = message;
  const asked = {
    verb: properties.subject ?? textOf(applicationProperties, 'operation'),
    to: properties.to ?? textOf(applicationProperties, 'name'),
    type: textOf(applicationProperties, 'type'),
    behindAnother,
  };
  return { asked, key: keyOf(properties.replyTo === '$me' ? properties.messageId : (properties.correlationId ?? properties.messageId)) };
}

/** What a client asks of the broker's own nodes reaches the server changed. */
export function asked10(match: RequestMatch, change: (request: Message10, asked: Asked10) => MessageChange10): FrameSeam10 {
  return conversing(match, change, () => false);
}

/** What the broker's own nodes answer reaches the client changed. */
export function replied10(match: RequestMatch, change: (response: Message10, asked: Asked10) => MessageChange10): FrameSeam10 {
  return conversing(match, () => false, change);
}

type Change = (message: Message10, asked: Asked10) => MessageChange10;

function conversing(match: RequestMatch, changeRequest: Change, changeResponse: Change): FrameSeam10 {
  return remembering10(() => {
    const open = new Map<string, Asked10>();
    return either10(
      published10(message => {
        const found = askedIn(message, open.size > 0);
        if (found === undefined) return false;
        open.set(found.key, found.asked);
        return matches(match, found.asked) && changeRequest(message, found.asked);
      }),
      delivered10(message => {
        const response = decodeMessage(message.payload);
        const key = isViolation(response) ? '' : keyOf(response.properties?.correlationId);
        const asked = open.get(key);
        open.delete(key);
        return asked !== undefined && matches(match, asked) && changeResponse(message, asked);
      }),
    );
  });
}

/** The message with other sections, as `change` says by what stands in it. */
export function edited(message: Message10, change: (draft: MessageDraft) => MessageDraft | false): Message10 | false {
  const read = decodeMessage(message.payload);
  if (isViolation(read)) return false;
  const { header, messageAnnotations, properties, applicationProperties, body } = read;
  const draft: MessageDraft = {
    ...(header !== undefined && { header }),
    ...(messageAnnotations !== undefined && { messageAnnotations }),
    ...(properties !== undefined && { properties }),
    ...(applicationProperties !== undefined && { applicationProperties }),
    ...(body !== undefined && { body }),
  };
  const next = change(draft);
  return next !== false && message.carrying(encodeMessage(next));
}

/** With another value as the body. */
export function rebodied(message: Message10, change: (body: AmqpValue) => AmqpValue | false): Message10 | false {
  return edited(message, draft => {
    const value = draft.body?.type === 'amqp-value' && change(draft.body.value);
    return value ? { ...draft, body: { type: 'amqp-value', value } } : false;
  });
}

/** A map with another value under a name; a map without it stays as it is. */
export function withEntry(body: AmqpValue, name: string, change: (value: AmqpValue) => AmqpValue): AmqpValue {
  if (body.type !== 'map') return body;
  return { type: 'map', value: body.value.map(([key, value]) => [key, 'value' in key && key.value === name ? change(value) : value] as const) };
}

const statusNames: ReadonlySet<string> = new Set(['statusCode', 'status-code']);

/** A response whose status is `from` tells `to`. */
export function restatus(match: RequestMatch, from: number, to: number): FrameSeam10 {
  return replied10(match, message => restatused(message, from, to));
}

function restatused(message: Message10, from: number, to: number): Message10 | false {
  return edited(message, draft => {
    if (draft.properties?.subject === `${from}`) return { ...draft, properties: { ...draft.properties, subject: `${to}` } };
    const told = draft.applicationProperties?.find(([key]) => statusNames.has(key))?.[1];
    if (told?.type !== 'int' || told.value !== from) return false;
    const applicationProperties = draft.applicationProperties?.map(([key, value]) =>
      statusNames.has(key) ? ([key, { type: 'int', value: to } as const] as const) : ([key, value] as const),
    );
    return { ...draft, ...(applicationProperties !== undefined && { applicationProperties }) };
  });
}

/** Responses do not say which request they answer. */
export function uncorrelated(match: RequestMatch): FrameSeam10 {
  return replied10(match, message =>
    edited(message, draft => {
      const { correlationId: _, ...properties } = draft.properties ?? {};
      return { ...draft, properties };
    }),
  );
}
