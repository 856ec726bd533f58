import type { AmqpValue, MessageDraft, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import { Access, type Permissions } from '../access-patterns.ts';
import type { EffectOf } from '../vocabulary.ts';
import { errorOf } from './amqp10-errors.ts';
import type { AnyLink, Port } from './amqp10-port.ts';
import { int, type Reply, string, textIn } from './amqp10-replies.ts';
import type { Plan, Service } from './amqp10-requests.ts';
import type { Token } from './amqp10-tokens.ts';

interface Held {
  readonly permissions: Permissions;
  readonly callOff: () => void;
}

/** Longest time that a timer takes, in milliseconds. */
const timerMax = 0x7fff_ffff;

/** What the tokens of a connection give it, until they expire. */
export class Claims {
  readonly #port: Port;
  readonly #links: () => Iterable<AnyLink>;
  /** By the name of what they are for: a later one takes the place of the one before. */
  readonly #held = new Map<string, Held>();

  constructor(port: Port, links: () => Iterable<AnyLink>) {
    this.#port = port;
    this.#links = links;
  }

  /** Takes a token, where it holds. */
  async put(token: Token): Promise<boolean> {
    const { user, virtualHost, settings, connection } = this.#port;
    const rights = await settings.tokens?.(token, { user, virtualHost });
    if (rights === undefined) return false;
    const { permissions, expiresInMs } = rights;
    this.#held.get(token.name)?.callOff();
    const expires = expiresInMs === undefined ? () => {} : this.#port.later(Math.min(timerMax, expiresInMs), () => this.#expired(token.name));
    this.#held.set(token.name, { permissions, callOff: expires });
    this.#port.submit({ kind: 'grant-access', connection, access: this.#access() });
    return true;
  }

  /** The connection is over. */
  end(): void {
    for (const { callOff } of this.#held.values()) callOff();
    this.#held.clear();
  }

  #expired(name: string): void {
    this.#held.delete(name);
    const access = this.#access();
    this.#port.submit({ kind: 'grant-access', connection: this.#port.connection, access });
    if (access === undefined) return;
    for (const link of [...this.#links()]) {
      const { need } = link;
      if (need !== undefined && !access.allows(...need)) link.fail(errorOf('amqp:unauthorized-access', 'the token that allowed this link has expired'));
    }
  }

  /** Undefined: everything. */
  #access(): Access | undefined {
    const { broker, user, virtualHost } = this.#port;
    const row = broker.core.settings.permissions[user];
    if (row === undefined) return undefined;
    const own = row[virtualHost];
    return new Access(...(own === undefined ? [] : [own]), ...[...this.#held.values()].map(({ permissions }) => permissions));
  }
}

/** The node that takes tokens. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization */
export class TokenNode implements Service {
  readonly address = '$cbs';
  readonly paired = false;
  readonly #claims: Claims;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  plan({ applicationProperties, body }: WireMessage): Plan {
    const field = (name: string) => textIn(applicationProperties?.find(([key]) => key === name)?.[1]);
    const [operation, type, name] = [field('operation'), field('type'), field('name')];
    const token = body?.type === 'amqp-value' ? tokenIn(body.value) : undefined;
    if (operation !== undefined && operation !== 'put-token') return { status: 501, text: 'put-token is the only operation here' };
    if (operation === undefined || type === undefined || name === undefined || token === undefined)
      return { status: 400, text: 'put-token has a type, a name and a token' };
    return this.#claims
      .put({ type, name, token })
      .then(valid => (valid ? { status: 202, text: 'Accepted' } : { status: 401, text: 'the token does not hold' }));
  }

  refused({ text }: EffectOf<'refused'>): Reply {
    return { status: 500, text };
  }

  response({ status, text = '' }: Reply): MessageDraft {
    return {
      applicationProperties: [
        ['status-code', int(status)],
        ['status-description', string(text)],
      ],
      body: { type: 'amqp-value', value: { type: 'null', value: null } },
    };
  }
}

function tokenIn(value: AmqpValue): string | undefined {
  if (value.type === 'string') return value.value;
  return value.type === 'binary' ? Buffer.from(value.value).toString() : undefined;
}
