import type { ConnectionEvent } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError } from '../../wire/amqp10/codec.ts';
import { Diary } from './diary.ts';

type Violation = Extract<ConnectionEvent, { readonly kind: 'violation' }>;

/** What one connection of 1.0 tells the log. */
export class Diary10 extends Diary {
  /** A link, or the session of that name, was ended with an error of ours. */
  detached(link: string, { condition, description = '' }: AmqpError): void {
    if (this.connection !== undefined) this.log({ event: 'link-exception', connection: this.connection, link, condition, why: description });
  }

  violation({ violation, answer, channel }: Violation): void {
    if (answer.kind === 'detach' || answer.kind === 'end') this.detached(`session ${channel}`, { ...answer.error, description: violation.detail });
    else if (answer.kind !== 'borne' && answer.kind !== 'discarded') this.ending(violation.detail);
  }
}
