import { decodePairs, encodePairs, fieldTable, fieldValue } from '../wire/amqp091/field-table.ts';
import { isViolation } from '../wire/decoded.ts';

/**
 * What a server says to a response: another challenge, a user, or no. `data` proves to the client whom it speaks to, where the mechanism does so; a protocol whose outcome has no
 * room for it sends it as a last challenge: see `dataAsChallenge`. `reason` is for logs; it holds no secret.
 */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly challenge: Uint8Array }
  | { readonly kind: 'success'; readonly user: string; readonly data?: Uint8Array }
  | { readonly kind: 'failure'; readonly reason: string };

/** One authentication as the server sees it. An empty first response means that the client has sent none yet. */
export interface SaslExchange {
  step(response: Uint8Array): SaslStep;
}

/** The server's side of a mechanism. */
export interface ServerMechanism {
  readonly name: string;
  begin(): SaslExchange;
}

/** The client's side of a mechanism: its first response, and one for each challenge. */
export interface ClientMechanism {
  readonly name: string;
  respond(challenge: Uint8Array | undefined): Uint8Array;
  /** The server answers the first response with a challenge, so that nothing may be sent behind it unasked. */
  readonly challenged?: boolean;
  /** Whether what came with the outcome proves that the server knows the password; left out by mechanisms without such a proof. */
  verify?(data: Uint8Array): boolean;
  /** Whether that was proven already. */
  readonly verified?: boolean;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Whether these credentials hold. */
export type Verify = (login: Login) => boolean;

const nothing = new Uint8Array(0);
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A mechanism in which the client sends one message: at once, or after an empty challenge. */
function oneMessage(name: string, judge: (message: Uint8Array) => SaslStep): ServerMechanism {
  return {
    name,
    begin() {
      let asked = false;
      return {
        step(response) {
          if (response.length > 0 || asked) return judge(response);
          asked = true;
          return { kind: 'challenge', challenge: nothing };
        },
      };
    },
  };
}

/** The same mechanism for a protocol whose outcome carries no data: they go as a last challenge, which the client answers with nothing. */
export function dataAsChallenge(mechanism: ServerMechanism): ServerMechanism {
  const begin = (): SaslExchange => {
    const exchange = mechanism.begin();
    let proven: SaslStep | undefined;
    return {
      step(response) {
        if (proven !== undefined) return proven;
        const step = exchange.step(response);
        if (step.kind !== 'success' || step.data === undefined) return step;
        proven = { kind: 'success', user: step.user };
        return { kind: 'challenge', challenge: step.data };
      },
    };
  };
  return { name: mechanism.name, begin };
}

function textOf(octets: Uint8Array): string | undefined {
  try {
    return strict.decode(octets);
  } catch {
    return undefined;
  }
}

function judged(login: Login | undefined, verify: Verify): SaslStep {
  if (login === undefined) return { kind: 'failure', reason: 'the response is malformed' };
  return verify(login) ? { kind: 'success', user: login.user } : { kind: 'failure', reason: `the credentials of ${login.user} do not hold` };
}

/** RFC 4616: an authorization identity, which must be empty or the user itself, the user and the password, parted by NUL. */
export function plainServer(verify: Verify): ServerMechanism {
  return oneMessage('PLAIN', message => {
    const [identity, user, password, ...more] = textOf(message)?.split('\0') ?? [];
    const whole = identity !== undefined && user !== undefined && user !== '' && password !== undefined && password !== '' && more.length === 0;
    if (whole && identity !== '' && identity !== user) return { kind: 'failure', reason: `${user} may not act as another` };
    return judged(whole ? { user, password } : undefined, verify);
  });
}

export function plainClient({ user, password }: Login): ClientMechanism {
  return { name: 'PLAIN', respond: () => encoder.encode(`\0${user}\0${password}`) };
}

/** AMQPLAIN: the name-value pairs LOGIN and PASSWORD as in a field table, without its length. */
export function amqplainServer(verify: Verify): ServerMechanism {
  return oneMessage('AMQPLAIN', message => {
    const table = decodePairs(message);
    if (isViolation(table)) return judged(undefined, verify);
    const [user, password] = ['LOGIN', 'PASSWORD'].map(name => {
      const field = fieldValue(table, name);
      return field?.type === 'long-string' ? textOf(field.value) : undefined;
    });
    return judged(user === undefined || password === undefined ? undefined : { user, password }, verify);
  });
}

export function amqplainClient({ user, password }: Login): ClientMechanism {
  return { name: 'AMQPLAIN', respond: () => encodePairs(fieldTable({ LOGIN: user, PASSWORD: password })) };
}

/** RFC 4505: whoever asks is `user`; the trace in the response is not looked at. */
export function anonymousServer(user: string): ServerMechanism {
  return { name: 'ANONYMOUS', begin: () => ({ step: () => ({ kind: 'success', user }) }) };
}

/**
 * RFC 4422, appendix A: the user is whom the lower layer has shown the client to be; the response may name that user again, or nobody. Undefined:
 * nobody was shown.
 */
export function externalServer(shown: string | undefined, known: (user: string) => boolean): ServerMechanism {
  const judge = (response: Uint8Array): SaslStep => {
    const named = textOf(response);
    if (shown === undefined || !known(shown)) return { kind: 'failure', reason: `nobody is known as ${shown ?? 'a client without certificate'}` };
    return named === '' || named === shown ? { kind: 'success', user: shown } : { kind: 'failure', reason: `${shown} may not act as another` };
  };
  return { name: 'EXTERNAL', begin: () => ({ step: judge }) };
}

export function externalClient(identity = ''): ClientMechanism {
  return { name: 'EXTERNAL', respond: () => encoder.encode(identity) };
}

export function anonymousClient(trace = 'anonymous'): ClientMechanism {
  return { name: 'ANONYMOUS', respond: () => encoder.encode(trace) };
}
