import type { PerformativeName } from '../../spec/amqp10/values.ts';

/** Who takes a step, as the machine sees it; every table is the same for both roles. */
export type Direction = 'sent' | 'received';

/**
 * States of a connection (2.4.6), and of its layers before: `START` is before any header. `HDR_*` and behind are of the AMQP layer, so that a connection that goes
 * through SASL is in `START` until the exchange has ended well. `CLOSE_SENT` holds also where both closes crossed; `DISCARDING` is a close that an error
 * provoked: all but the peer's close is passed over.
 */
export type ConnectionState =
  | 'START'
  | 'HDR_RCVD'
  | 'HDR_SENT'
  | 'HDR_EXCH'
  | 'OPEN_PIPE'
  | 'OC_PIPE'
  | 'OPEN_RCVD'
  | 'OPEN_SENT'
  | 'CLOSE_PIPE'
  | 'OPENED'
  | 'CLOSE_RCVD'
  | 'CLOSE_SENT'
  | 'DISCARDING'
  | 'END';

/** States of a session (2.5.5). `DISCARDING` is an end that an error provoked. */
export type SessionState = 'UNMAPPED' | 'BEGIN_SENT' | 'BEGIN_RCVD' | 'MAPPED' | 'END_SENT' | 'END_RCVD' | 'DISCARDING';

/**
 * States of a link within its session (2.6.3 to 2.6.6). `DISCARDING` is a detach with an error of ours: all is passed over until the peer has detached too.
 */
export type LinkState = 'DETACHED' | 'ATTACH_SENT' | 'ATTACH_RCVD' | 'ATTACHED' | 'DETACH_SENT' | 'DETACH_RCVD' | 'DISCARDING';

/** How far the SASL exchange (5.3.2) has come: named after the last step that was taken. `none`: no security header has passed. */
export type SaslState = 'none' | 'header' | 'mechanisms' | 'init' | 'challenge' | 'response' | 'outcome';

/** A step of each machine. `error-…` is that frame with an error in it. `frame` is any other performative: begin to end for a connection. */
export type ConnectionStep = 'header' | 'open' | 'close' | 'error-close' | 'frame';
export type SessionStep = 'begin' | 'end' | 'error-end' | 'frame';
export type LinkStep = 'attach' | 'detach' | 'error-detach' | 'frame';
export type SaslStep = 'header' | 'mechanisms' | 'init' | 'challenge' | 'response' | 'outcome';

/** By state: where each step that is in place leads. What is not listed is out of place. */
export type Table<State extends string, Step extends string> = {
  readonly [S in State]: { readonly [D in Direction]?: { readonly [N in Step]?: State } };
};

/** After our own close nothing more is ours to say; what still comes is passed over (`discards`) but for the peer's close. */
export const connectionTransitions: Table<ConnectionState, ConnectionStep> = {
  START: { sent: { header: 'HDR_SENT' }, received: { header: 'HDR_RCVD' } },
  HDR_RCVD: { sent: { header: 'HDR_EXCH' }, received: { open: 'OPEN_RCVD' } },
  HDR_SENT: { sent: { open: 'OPEN_PIPE' }, received: { header: 'HDR_EXCH' } },
  HDR_EXCH: { sent: { open: 'OPEN_SENT' }, received: { open: 'OPEN_RCVD' } },
  OPEN_PIPE: { sent: { close: 'OC_PIPE', 'error-close': 'OC_PIPE', frame: 'OPEN_PIPE' }, received: { header: 'OPEN_SENT' } },
  OC_PIPE: { received: { header: 'CLOSE_PIPE' } },
  OPEN_RCVD: { sent: { header: 'OPEN_RCVD', open: 'OPENED' }, received: { frame: 'OPEN_RCVD', close: 'CLOSE_RCVD', 'error-close': 'CLOSE_RCVD' } },
  OPEN_SENT: { sent: { frame: 'OPEN_SENT', close: 'CLOSE_PIPE', 'error-close': 'CLOSE_PIPE' }, received: { open: 'OPENED' } },
  CLOSE_PIPE: { received: { open: 'CLOSE_SENT' } },
  OPENED: {
    sent: { frame: 'OPENED', close: 'CLOSE_SENT', 'error-close': 'DISCARDING' },
    received: { frame: 'OPENED', close: 'CLOSE_RCVD', 'error-close': 'CLOSE_RCVD' },
  },
  CLOSE_RCVD: { sent: { header: 'CLOSE_RCVD', open: 'CLOSE_RCVD', frame: 'CLOSE_RCVD', close: 'END', 'error-close': 'END' } },
  CLOSE_SENT: { received: { frame: 'CLOSE_SENT', close: 'END', 'error-close': 'END' } },
  DISCARDING: { received: { frame: 'DISCARDING', close: 'END', 'error-close': 'END' } },
  END: {},
};

/** A session is the sender's to use as soon as it has sent begin, in answer or not. */
export const sessionTransitions: Table<SessionState, SessionStep> = {
  UNMAPPED: { sent: { begin: 'BEGIN_SENT' }, received: { begin: 'BEGIN_RCVD' } },
  BEGIN_SENT: { sent: { frame: 'BEGIN_SENT', end: 'END_SENT', 'error-end': 'DISCARDING' }, received: { begin: 'MAPPED' } },
  BEGIN_RCVD: { sent: { begin: 'MAPPED' }, received: { frame: 'BEGIN_RCVD', end: 'END_RCVD', 'error-end': 'END_RCVD' } },
  MAPPED: {
    sent: { frame: 'MAPPED', end: 'END_SENT', 'error-end': 'DISCARDING' },
    received: { frame: 'MAPPED', end: 'END_RCVD', 'error-end': 'END_RCVD' },
  },
  END_SENT: { received: { begin: 'END_SENT', frame: 'END_SENT', end: 'UNMAPPED', 'error-end': 'UNMAPPED' } },
  END_RCVD: { sent: { begin: 'END_RCVD', frame: 'END_RCVD', end: 'UNMAPPED', 'error-end': 'UNMAPPED' } },
  DISCARDING: { received: { begin: 'DISCARDING', frame: 'DISCARDING', end: 'UNMAPPED', 'error-end': 'UNMAPPED' } },
};

/** Crossing detaches leave nothing to answer: each is the other's answer. */
export const linkTransitions: Table<LinkState, LinkStep> = {
  DETACHED: { sent: { attach: 'ATTACH_SENT' }, received: { attach: 'ATTACH_RCVD' } },
  ATTACH_SENT: { sent: { frame: 'ATTACH_SENT', detach: 'DETACH_SENT', 'error-detach': 'DISCARDING' }, received: { attach: 'ATTACHED' } },
  ATTACH_RCVD: { sent: { attach: 'ATTACHED' }, received: { frame: 'ATTACH_RCVD', detach: 'DETACH_RCVD', 'error-detach': 'DETACH_RCVD' } },
  ATTACHED: {
    sent: { frame: 'ATTACHED', detach: 'DETACH_SENT', 'error-detach': 'DISCARDING' },
    received: { frame: 'ATTACHED', detach: 'DETACH_RCVD', 'error-detach': 'DETACH_RCVD' },
  },
  DETACH_SENT: { received: { attach: 'DETACH_SENT', frame: 'DETACH_SENT', detach: 'DETACHED', 'error-detach': 'DETACHED' } },
  DETACH_RCVD: { sent: { attach: 'DETACH_RCVD', detach: 'DETACHED', 'error-detach': 'DETACHED' } },
  DISCARDING: { received: { attach: 'DISCARDING', frame: 'DISCARDING', detach: 'DETACHED', 'error-detach': 'DETACHED' } },
};

/** The exchange by who sends: the server mechanisms, challenges and the outcome, the client init and responses. */
export const saslTransitions: {
  readonly [S in SaslState]: { readonly [Sender in 'client' | 'server']?: { readonly [N in SaslStep]?: SaslState } };
} = {
  none: {},
  header: { server: { mechanisms: 'mechanisms' } },
  mechanisms: { client: { init: 'init' } },
  init: { server: { challenge: 'challenge', outcome: 'outcome' } },
  challenge: { client: { response: 'response' } },
  response: { server: { challenge: 'challenge', outcome: 'outcome' } },
  outcome: {},
};

/** Whether a state is one in which all that the peer sends is passed over until its own end of the matter. */
export const discards = (state: ConnectionState | SessionState | LinkState): boolean =>
  state === 'DISCARDING' || state === 'CLOSE_SENT' || state === 'END_SENT' || state === 'DETACH_SENT';

/** The state after a performative, of those that a connection counts. */
export function connectionStep(name: PerformativeName, withError: boolean): ConnectionStep {
  if (name === 'open') return 'open';
  if (name === 'close') return withError ? 'error-close' : 'close';
  return 'frame';
}

/** States in which our open is in place, if it has not gone yet, and those in which our close is. */
export const mayOpen: ReadonlySet<ConnectionState> = new Set(['HDR_SENT', 'HDR_EXCH', 'OPEN_RCVD', 'CLOSE_RCVD']);
export const mayClose: ReadonlySet<ConnectionState> = new Set(['OPEN_PIPE', 'OPEN_SENT', 'OPENED', 'CLOSE_RCVD']);
