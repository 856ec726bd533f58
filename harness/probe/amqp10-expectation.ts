import type { Answer } from '../spec/rule.ts';
import { type AmqpError, type DeliveryState, type Described, decodeMessage, isViolation, type Performative } from '../wire/amqp10/codec.ts';
import type { Seen10 } from './amqp10-peer.ts';
import { describeHeader } from './expectation.ts';
import type { Ending } from './stop.ts';

/** What a peer did about a departure, before it is known whether that is legal. Close, end and detach stand for themselves where they bear an error, else they are ordinary frames. */
export type Observed10 =
  | { readonly kind: 'close' | 'end' | 'detach'; readonly error: AmqpError }
  | { readonly kind: 'outcome'; readonly state: DeliveryState; readonly settled: boolean }
  | { readonly kind: 'sasl-outcome'; readonly code: string }
  | { readonly kind: 'performative'; readonly performative: Performative['type'] }
  | { readonly kind: 'response'; readonly status: number }
  | { readonly kind: 'bare-close' | 'header-then-close'; readonly how: 'eof' | 'reset' }
  | { readonly kind: 'discarded' };

type Unasked = 'flow' | 'transfer' | 'disposition';

/** Frames that a server sends unasked: while another is awaited they are kept for whoever asks for them. */
export function isUnasked10(name: Performative['type']): name is Unasked {
  return name === 'flow' || name === 'transfer' || name === 'disposition';
}

/** The error that a performative bears, if any. */
export function errorOf(what: Performative): AmqpError | undefined {
  return what.type === 'close' || what.type === 'end' || what.type === 'detach' ? what.error : undefined;
}

/** `accepted`, `rejected amqp:invalid-field`, `an outcome of its own`. */
export function describeState(state: DeliveryState | undefined): string {
  if (state === undefined) return 'without a state';
  if (isDescribed(state)) return 'an outcome of its own';
  if (state.type === 'rejected' && state.error !== undefined) return `rejected ${state.error.condition}`;
  return state.type === 'transactional-state' && state.outcome !== undefined ? `in a transaction ${describeState(state.outcome)}` : state.type;
}

const isDescribed = (state: DeliveryState): state is Described => state.type === 'described';

/** A performative in the standard's words, without anything that changes from run to run. */
export function describePerformative(what: Performative): string {
  const error = errorOf(what);
  if (error !== undefined) return `${what.type} ${error.condition}`;
  if (what.type === 'disposition') return `disposition ${describeState(what.state)}`;
  return what.type;
}

export function describeSeen10(seen: Seen10): string {
  switch (seen.kind) {
    case 'frame':
      return describePerformative(seen.performative);
    case 'empty':
      return 'empty frame';
    case 'sasl':
      return seen.body.type === 'sasl-outcome' ? `sasl-outcome ${seen.body.code}` : seen.body.type;
    case 'protocol-header':
      return `protocol header ${describeHeader(seen.bytes)}`;
    case 'ended':
      return `${seen.how} without an answer`;
  }
}

export function describeObserved10(observed: Observed10): string {
  switch (observed.kind) {
    case 'close':
    case 'end':
    case 'detach':
      return `${observed.kind} ${observed.error.condition}`;
    case 'outcome':
      return `disposition ${describeState(observed.state)}`;
    case 'sasl-outcome':
      return `sasl-outcome ${observed.code}`;
    case 'performative':
      return observed.performative;
    case 'response':
      return `response with status ${observed.status}`;
    case 'bare-close':
      return `${observed.how} without an answer`;
    case 'header-then-close':
      return `protocol header, then ${observed.how}`;
    case 'discarded':
      return 'no answer, and the conversation went on';
  }
}

/** How the conversation stands after this was seen. */
export function endingAfter10(seen: Seen10 | undefined): Ending {
  if (seen?.kind === 'ended') return { kind: seen.how };
  return seen?.kind === 'frame' ? endingOf(seen.performative) : { kind: 'open' };
}

const endings = { close: 'connection-closed', end: 'session-ended', detach: 'link-detached' } as const;

function endingOf(what: Performative): Ending {
  if (what.type !== 'close' && what.type !== 'end' && what.type !== 'detach') return { kind: 'open' };
  return { kind: endings[what.type], condition: what.error?.condition ?? 'without an error' };
}

/** The same for what was observed. */
export function endingOfObserved(observed: Observed10): Ending {
  switch (observed.kind) {
    case 'close':
    case 'end':
    case 'detach':
      return { kind: endings[observed.kind], condition: observed.error.condition };
    case 'bare-close':
    case 'header-then-close':
      return { kind: observed.how };
    default:
      return { kind: 'open' };
  }
}

/** The legal answer that this is. Where two readings agree on it, the text's own is the one that was followed. */
export function matchAnswer10(observed: Observed10, answers: readonly Answer[]): Answer | undefined {
  const matching = answers.filter(answer => matches(observed, answer));
  return matching.find(answer => answer.reading === 'text') ?? matching[0];
}

function matches(observed: Observed10, answer: Answer): boolean {
  switch (observed.kind) {
    case 'close':
    case 'end':
    case 'detach':
      return answer.kind === observed.kind && (answer.condition === 'any' || answer.condition === observed.error.condition);
    case 'outcome':
      if (answer.kind === 'performative') return answer.performative === 'disposition';
      return answer.kind === 'outcome' && isOutcome(observed.state, answer);
    case 'sasl-outcome':
      return answer.kind === 'sasl-outcome' && answer.saslCode === observed.code;
    case 'performative':
      return answer.kind === 'performative' && answer.performative === observed.performative;
    case 'response':
      return answer.kind === 'response' && answer.status === observed.status;
    default:
      return answer.kind === observed.kind;
  }
}

function isOutcome(state: DeliveryState, { outcome, condition }: Extract<Answer, { readonly kind: 'outcome' }>): boolean {
  if (state.type !== outcome) return false;
  if (condition === undefined) return true;
  const error = state.type === 'rejected' ? state.error : undefined;
  return error !== undefined && (condition === 'any' || condition === error.condition);
}

/** Names under which the answers of management nodes and of token nodes tell their status. */
const statusNames: ReadonlySet<string> = new Set(['statusCode', 'status-code']);

/** The status of an answer, in a whole message: an application property, or the subject where HTTP's ways are followed. Undefined where it is none. */
export function statusOf(payload: Uint8Array): number | undefined {
  const message = decodeMessage(payload);
  if (isViolation(message)) return undefined;
  const told = message.applicationProperties?.find(([name]) => statusNames.has(name))?.[1];
  const status = Number(told === undefined || told.type === 'described' ? message.properties?.subject : told.value);
  return Number.isInteger(status) && status > 0 ? status : undefined;
}
