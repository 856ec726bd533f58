import type { Permissions } from '../access-patterns.ts';

/** A token as a client put it. `type` as `jwt`; `name`: what it is for; empty where nothing was said. */
export interface Token {
  readonly type: string;
  readonly name: string;
  readonly token: string;
}

/** What a token gives its connection, besides what the table of permissions does. */
export interface TokenRights {
  readonly permissions: Permissions;
  /** Milliseconds from now until it gives nothing any more; left out: it lasts as long as the connection. */
  readonly expiresInMs?: number;
}

/** Looks into a token; undefined: it does not hold. `user` is who the connection belongs to. */
export type TokenChecker = (
  token: Token,
  connection: { readonly user: string; readonly virtualHost: string },
) => TokenRights | undefined | Promise<TokenRights | undefined>;
