/** Links that come and go, as naively as can be said: which message waits, which a link holds, and which may be either. */

/** A delivery-tag as text, and back by `Buffer.from(…, 'hex')`. */
export const tagText = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

export interface Held {
  readonly tag: string;
  readonly deliveryId: number;
  readonly body: string;
}

/** What a link left unsettled when it was detached and not closed: the peer keeps it for the link, or has given it back. */
type Left = Map<string, string>;

/** What the peer said that it resumes. `accepted`: the receiver has told that outcome. `told`: it told of the delivery at all. */
interface Resuming {
  readonly body: string;
  readonly accepted: boolean;
  readonly told: boolean;
}

/** One link of those that receive. */
export class LinkModel {
  held: Held[] = [];
  readonly left: Left = new Map();
  readonly resuming = new Map<string, Resuming>();
}

export class Links10Model {
  readonly waiting = new Set<string>();
  /** The receiver has accepted it, and whether the sender knows of that is not known. */
  readonly perhaps = new Set<string>();
  readonly #links: readonly LinkModel[];
  #sent = 0;

  constructor(links: readonly LinkModel[]) {
    this.#links = links;
  }

  send(): string {
    this.#sent += 1;
    const body = `m${this.#sent}`;
    this.waiting.add(body);
    return body;
  }

  /** Deliveries that a link with credit gets for sure. */
  due(link: LinkModel): number {
    return this.waiting.size + link.resuming.size;
  }

  /** The peer may still have it for a link. */
  #adrift(body: string): boolean {
    return this.#links.some(({ left, resuming }) => [...left.values()].includes(body) || [...resuming.values()].some(each => !each.told && each.body === body));
  }

  get anyAdrift(): boolean {
    return this.perhaps.size > 0 || this.#links.some(({ left }) => left.size > 0);
  }

  /** A new delivery of this message may come to anybody. */
  mayCome(body: string): boolean {
    return this.waiting.has(body) || this.perhaps.has(body) || this.#adrift(body);
  }

  /** It has come to a link, which holds it unless it came settled. */
  came(link: LinkModel, body: string, held?: Held): void {
    this.waiting.delete(body);
    this.perhaps.delete(body);
    for (const { left, resuming } of this.#links) {
      for (const [tag, each] of left) if (each === body) left.delete(tag);
      for (const [tag, each] of resuming) if (each.body === body) resuming.delete(tag);
    }
    if (held !== undefined) link.held.push(held);
  }

  settle(link: LinkModel, settled: readonly Held[], back: boolean): void {
    link.held = link.held.filter(each => !settled.includes(each));
    if (back) for (const { body } of settled) this.waiting.add(body);
  }

  /** The link is detached, and the peer may keep what it holds for it. */
  suspend(link: LinkModel): void {
    for (const { tag, body } of link.held) link.left.set(tag, body);
    for (const [tag, { body, accepted }] of link.resuming) {
      if (accepted) this.perhaps.add(body);
      else link.left.set(tag, body);
    }
    link.held = [];
    link.resuming.clear();
  }

  /** The link is gone for good: what it held waits. */
  close(link: LinkModel): void {
    this.suspend(link);
    for (const body of link.left.values()) this.waiting.add(body);
    link.left.clear();
  }

  /** The link is there again. `told`: the tags of what the peer still holds for it; `asked`: whether the client told what it holds, and whether as accepted. */
  attach(link: LinkModel, told: ReadonlySet<string>, asked: 'nothing' | 'held' | 'accepted'): void {
    for (const [tag, body] of link.left) {
      if (told.has(tag)) link.resuming.set(tag, { body, accepted: asked === 'accepted', told: asked !== 'nothing' });
      else this.waiting.add(body);
    }
    link.left.clear();
  }
}
