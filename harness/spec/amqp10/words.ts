import type { Answer10 } from '../rule.ts';

/** The answers that only 1.0 has. */
export type OwnAnswer10 = Exclude<Answer10, { readonly kind: 'bare-close' | 'header-then-close' | 'discarded' }>;

/** A legal answer in the standard's words: `detach amqp:not-found`, `disposition rejected amqp:invalid-field`, `sasl-outcome auth`. */
export function answer10Words(answer: OwnAnswer10): string {
  switch (answer.kind) {
    case 'close':
    case 'end':
    case 'detach':
      return `${answer.kind} ${conditionWords(answer.condition)}`;
    case 'outcome':
      return `disposition ${answer.outcome}${answer.condition === undefined ? '' : ` ${conditionWords(answer.condition)}`}`;
    case 'sasl-outcome':
      return `sasl-outcome ${answer.saslCode}`;
    case 'performative':
      return answer.performative;
    case 'response':
      return `response with status ${answer.status}`;
  }
}

const conditionWords = (condition: string): string => (condition === 'any' ? 'with an error' : condition);
