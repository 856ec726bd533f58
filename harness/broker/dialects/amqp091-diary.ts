import type { ClientSession } from '../../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent, Exception } from '../../endpoint/amqp091/vocabulary.ts';
import { fieldValue } from '../../wire/amqp091/field-table.ts';
import { Diary } from './diary.ts';

type Violation = Extract<ConnectionEvent, { readonly kind: 'violation' }>;

/** What one connection of 0-9-1 tells the log. */
export class Diary091 extends Diary {
  exception({ scope, code, text }: Pick<Exception, 'scope' | 'code' | 'text'>, channel: number): void {
    if (scope === 'connection' || this.connection === undefined) this.ending(`${code} ${text}`);
    else this.log({ event: 'channel-exception', connection: this.connection, channel, code, why: text });
  }

  violation({ violation, channel, answer }: Violation): void {
    if (typeof answer === 'string') this.ending(violation.detail);
    else this.exception(answer, channel);
  }
}

/** What a client calls itself in its properties. */
export function nameOf(properties: ClientSession['clientProperties']): string {
  const text = (name: string): string => {
    const field = fieldValue(properties, name);
    return field?.type === 'long-string' ? new TextDecoder().decode(field.value.subarray(0, 100)) : '';
  };
  return text('connection_name') || [text('product'), text('version')].filter(each => each !== '').join(' ');
}
