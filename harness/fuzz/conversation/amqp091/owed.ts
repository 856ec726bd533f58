import { type ClassRow, classes, type Method, type MethodRow } from '../../../spec/amqp091/classes.ts';

/** By method: the names of its replies. */
const repliesTo: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<ClassRow>(classes).flatMap(([className, { methods }]) =>
    Object.entries<MethodRow>(methods).map(([name, { replies = [] }]) => [`${className}.${name}`, replies.map(reply => `${className}.${reply}`)] as const),
  ),
);

/** What a server says only in answer to something, the opening included. */
const allReplies: ReadonlySet<string> = new Set(['connection.start', 'connection.secure', 'connection.tune', ...[...repliesTo.values()].flat()]);

interface Debt {
  readonly replies: readonly string[];
  readonly request: string;
}

/** Which replies a server owes on each channel, in their order (3.2.1). */
export class Owed {
  readonly #debts = new Map<number, Debt[]>();
  /** Channels that the server closed while we may have asked more: what is still answered there depends on who was quicker. */
  readonly #crossed = new Set<number>();

  /** A client's request, heard whole. */
  asked(channel: number, { name, args }: Method): void {
    const replies = repliesTo.get(name) ?? [];
    if (replies.length === 0 || ('noWait' in args && args.noWait)) return;
    this.add(channel, replies, name);
  }

  add(channel: number, replies: readonly string[], request: string): void {
    if (this.#crossed.has(channel)) return;
    const debts = this.#debts.get(channel);
    if (debts === undefined) this.#debts.set(channel, [{ replies, request }]);
    else debts.push({ replies, request });
  }

  /** A server's method: what is wrong with it as a reply; undefined where it is none, or the one that is due. */
  told(channel: number, name: string): string | undefined {
    if (!allReplies.has(name)) return undefined;
    const debts = this.#debts.get(channel) ?? [];
    if (this.#crossed.has(channel)) return undefined;
    const [due] = debts;
    if (due === undefined) return `${name} on channel ${channel}, where nothing was asked`;
    if (!due.replies.includes(name)) return `${name} on channel ${channel}, where ${due.replies.join(' or ')} is due first`;
    debts.shift();
    if (debts.length === 0) this.#debts.delete(channel);
    return undefined;
  }

  /** The reply that is due next on a channel. */
  next(channel: number): string | undefined {
    return this.#debts.get(channel)?.[0]?.replies[0];
  }

  /** Whether nothing is owed but replies of this name on channel 0. */
  onlyOwes(name: string): boolean {
    return this.#debts.size === 1 && this.#debts.get(0)?.[0]?.replies[0] === name;
  }

  /** Whether it depends on who was quicker what comes on a channel. */
  crossed(channel: number): boolean {
    return this.#crossed.has(channel);
  }

  /** The server closed this channel: nothing is owed there any more. */
  forget(channel: number): void {
    this.#debts.delete(channel);
    this.#crossed.add(channel);
  }

  /** Anything that is owed, for people. */
  get words(): string | undefined {
    for (const [channel, [debt]] of this.#debts) if (debt !== undefined) return `${debt.replies.join(' or ')} on channel ${channel}`;
    return undefined;
  }
}
