import type { AmqpValue, MessageId } from '../../wire/amqp10/codec.ts';
import { camelCase } from '../../wire/amqp10/composite.ts';
import type { Amqp10Message } from './amqp10-message.ts';
import type { SelectorValue } from './selector-values.ts';

export function idText(id: MessageId | undefined): string | undefined {
  if (id === undefined) return undefined;
  return id.type === 'string' || id.type === 'ulong' ? `${id.value}` : Buffer.from(id.value).toString('hex');
}

/** A value as selectors compare it; undefined: none that they know. */
export function plainOf(value: AmqpValue | undefined): SelectorValue {
  if (value === undefined || value.type === 'null' || value.type === 'described') return undefined;
  if (typeof value.value === 'bigint') return Number(value.value);
  return typeof value.value === 'boolean' || typeof value.value === 'number' || typeof value.value === 'string' ? value.value : undefined;
}

/** What the SQL of filter expressions calls the sections of a message; a name without one of these is an application property. */
const sections: Readonly<Record<string, 'properties' | 'header' | 'application-properties'>> = {
  p: 'properties',
  properties: 'properties',
  h: 'header',
  header: 'header',
  a: 'application-properties',
  application_properties: 'application-properties',
};

const prioritiesMiddle = 4;

/** A field of a message by its name in an expression. */
export function sqlField(message: Amqp10Message, name: string): SelectorValue {
  const dot = name.indexOf('.');
  const prefix = name.slice(0, Math.max(0, dot));
  const section = Object.hasOwn(sections, prefix) ? sections[prefix] : undefined;
  const field = section === undefined ? name : name.slice(dot + 1);
  if (section === 'properties') return propertyOf(message, camelCase(field.replaceAll('_', '-')));
  if (section === 'header') return headerOf(message, field);
  return plainOf(message.applicationProperties?.find(([key]) => key === field)?.[1]);
}

function headerOf({ sent, persistent }: Amqp10Message, field: string): SelectorValue {
  if (field === 'priority') return sent?.priority ?? prioritiesMiddle;
  if (field === 'durable') return persistent;
  return field === 'ttl' ? sent?.ttl : undefined;
}

function propertyOf({ properties }: Amqp10Message, field: string): SelectorValue {
  const value = (properties as Readonly<Record<string, unknown>> | undefined)?.[field];
  if (field === 'messageId' || field === 'correlationId') return idText(value as MessageId | undefined);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/** Whether words between dots are like those of a pattern, where a star is one word and a hash however many. */
export function subjectsLike(pattern: string): (subject: string) => boolean {
  const wanted = pattern.split('.');
  return subject => {
    let reached = new Set([0]);
    const skip = (from: Set<number>) => {
      for (const at of from) if (wanted[at] === '#') from.add(at + 1);
      return from;
    };
    reached = skip(reached);
    for (const word of subject.split('.')) {
      const next = [...reached].flatMap(at => (wanted[at] === '#' ? [at] : wanted[at] === '*' || wanted[at] === word ? [at + 1] : []));
      reached = skip(new Set(next));
    }
    return reached.has(wanted.length);
  };
}
