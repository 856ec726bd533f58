import type { TokenChecker } from '../broker/dialects/amqp10-tokens.ts';
import type { Login } from '../probe/context.ts';
import type { TokensFacility } from '../probe/facilities.ts';

const type = 'amqpspec';

interface Claims {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
  readonly lifeMs?: number;
}

/** Who may do nothing but by tokens. */
export const tokenUser = 'amqpspec-tokens';

/** Tokens of a kind of our own, which tell their claims in plain words: what checks of tokens are played with. */
export function tokensFacility(login: Login): TokensFacility {
  return {
    login,
    type,
    issue: ({ configure = '', write = '', read = '' }, lifeMs) => JSON.stringify({ configure, write, read, lifeMs } satisfies { [K in keyof Claims]: unknown }),
    invalid: 'no token',
  };
}

/** Reads such a token. */
export const readToken: TokenChecker = ({ token }) => {
  try {
    const { lifeMs, ...permissions } = JSON.parse(token) as Claims;
    return { permissions, ...(lifeMs !== undefined && { expiresInMs: lifeMs }) };
  } catch {
    return undefined;
  }
};
