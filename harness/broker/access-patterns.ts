/** Regular expressions for the names of queues and exchanges that a user may configure, write to and read from. An empty one matches nothing. */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export type Permission = keyof Permissions;

/** What one user may do in one virtual host. */
export class Access {
  readonly #patterns: readonly Readonly<Record<Permission, RegExp>>[];

  /** Whatever one of them allows. @throws {SyntaxError} where one of them is no regular expression. */
  constructor(...each: readonly Permissions[]) {
    this.#patterns = each.map(({ configure, write, read }) => ({ configure: patternOf(configure), write: patternOf(write), read: patternOf(read) }));
  }

  allows(permission: Permission, name: string): boolean {
    return this.#patterns.some(patterns => patterns[permission].test(name));
  }
}

function patternOf(expression: string): RegExp {
  return expression === '' ? /^(?!)/ : new RegExp(expression);
}
