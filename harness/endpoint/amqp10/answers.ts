import type { RuleId } from '../../spec/catalogue.ts';
import type { AmqpError, Violation } from '../../wire/amqp10/codec.ts';
import { answerTo, type Breach, remedyOf } from './breaches.ts';
import type { Link } from './link.ts';
import type { Opening } from './opening.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';
import type { ConnectionEvent, ConnectionSettings, Remedy } from './vocabulary.ts';

/** Who says what is answered. */
export interface AnswersUser {
  tell(event: ConnectionEvent): void;
  /** Whether violations are answered, and still can be. */
  raises(): boolean;
  end(session: Session, error: AmqpError): void;
  detach(link: Link, error: AmqpError): void;
  close(error: AmqpError): void;
  /** Ends the stream behind what was sent. */
  finish(): void;
}

/** Tells of violations, and has them answered as the catalogue says, at a scope that there is at this point. */
export class Answers {
  readonly #settings: ConnectionSettings;
  readonly #progress: Progress;
  readonly #opening: Opening;
  readonly #user: AnswersUser;

  constructor(settings: ConnectionSettings, progress: Progress, opening: Opening, user: AnswersUser) {
    this.#settings = settings;
    this.#progress = progress;
    this.#opening = opening;
    this.#user = user;
  }

  breach({ rule, detail, answer }: Breach, offset: number, channel: number, handle: number | undefined): Remedy {
    return this.violation({ kind: 'violation', rule, offset, detail }, channel, handle, answer);
  }

  violation(violation: Violation, channel: number, handle: number | undefined, given?: Breach['answer']): Remedy {
    const answer = this.#remedyFor(violation.rule, violation.detail, channel, handle, given);
    this.#user.tell({ kind: 'violation', violation, scope: scopeOf(answer, handle), channel, handle, answer });
    if (this.#user.raises()) this.#raise(answer, channel, handle);
    return answer;
  }

  #remedyFor(rule: RuleId, detail: string, channel: number, handle: number | undefined, given: Breach['answer']): Remedy {
    const remedy = remedyOf(this.#settings.answers?.[rule] ?? given ?? answerTo(rule, this.#settings.role), detail);
    const { done, awaitsOutcome } = this.#opening;
    if (remedy.kind === 'sasl-outcome') return awaitsOutcome ? remedy : { kind: 'bare-close' };
    if (remedy.kind === 'header-then-close') return done || this.#settings.role === 'client' ? { kind: 'bare-close' } : remedy;
    if (!('error' in remedy)) return remedy;
    if (!done) return { kind: 'bare-close' };
    const { session, link } = this.#at(channel, handle);
    const kind = remedy.kind === 'detach' && link === undefined ? 'end' : remedy.kind;
    return { kind: kind === 'end' && session === undefined ? 'close' : kind, error: remedy.error };
  }

  #raise(remedy: Remedy, channel: number, handle: number | undefined): void {
    if ('error' in remedy) this.#raiseError(remedy, channel, handle);
    else if (remedy.kind === 'sasl-outcome') this.#opening.refuse(remedy.code);
    else if (remedy.kind !== 'discarded' && remedy.kind !== 'borne') {
      if (remedy.kind === 'header-then-close') this.#opening.showAcceptable();
      this.#user.finish();
    }
  }

  #raiseError({ kind, error }: Extract<Remedy, { readonly error: AmqpError }>, channel: number, handle: number | undefined): void {
    const { session, link } = this.#at(channel, handle);
    if (kind === 'end' && session !== undefined) this.#user.end(session, error);
    else if (kind === 'detach' && link !== undefined) this.#user.detach(link, error);
    else {
      this.#user.close(error);
      // Nothing that came before open lets an answer be expected.
      if (this.#progress.remoteOpen === undefined) this.#user.finish();
    }
  }

  #at(channel: number, handle: number | undefined): { readonly session: Session | undefined; readonly link: Link | undefined } {
    const session = this.#progress.remoteChannels.get(channel);
    return { session, link: handle === undefined ? undefined : session?.inputHandles.get(handle) };
  }
}

/** What a violation concerns, as far as its answer tells. */
function scopeOf({ kind }: Remedy, handle: number | undefined): 'connection' | 'session' | 'link' {
  if (kind === 'detach' || (kind === 'borne' && handle !== undefined)) return 'link';
  return kind === 'end' || kind === 'borne' ? 'session' : 'connection';
}
