/** How exchanges route, as naively as can be said: every binding is looked at for every message. */

export type Kind = 'direct' | 'fanout' | 'topic' | 'headers';
export type HeaderValue = string | number | boolean;
export type Headers = Readonly<Record<string, HeaderValue>>;

/** What a binding to a headers exchange asks for; null: that the header is there. */
export interface HeadersPattern {
  readonly match: 'all' | 'any';
  readonly pairs: Readonly<Record<string, HeaderValue | null>>;
}

export interface Binding {
  /** An alias of a queue or an exchange. */
  readonly to: string;
  readonly from: string;
  readonly key: string;
  readonly pattern?: HeadersPattern;
}

export class RoutingModel {
  readonly #kinds: Readonly<Record<string, Kind>>;
  bindings: readonly Binding[] = [];

  /** Kinds of the exchanges by their aliases. */
  constructor(kinds: Readonly<Record<string, Kind>>) {
    this.#kinds = kinds;
  }

  /** Undefined for a queue. */
  kindOf(alias: string): Kind | undefined {
    return this.#kinds[alias];
  }

  bind(binding: Binding): void {
    if (!this.bindings.some(each => same(each, binding))) this.bindings = [...this.bindings, binding];
  }

  unbind(binding: Binding): void {
    this.bindings = this.bindings.filter(each => !same(each, binding));
  }

  /** The queues that get a message, each once. */
  route(exchange: string, key: string, headers: Headers): ReadonlySet<string> {
    const reached = new Set<string>([exchange]);
    for (const place of reached) {
      for (const binding of this.bindings) {
        if (binding.from === place && matches(this.#kinds[place], binding, key, headers)) reached.add(binding.to);
      }
    }
    return new Set([...reached].filter(place => this.#kinds[place] === undefined));
  }
}

function same(one: Binding, other: Binding): boolean {
  return one.to === other.to && one.from === other.from && one.key === other.key;
}

function matches(kind: Kind | undefined, binding: Binding, key: string, headers: Headers): boolean {
  switch (kind) {
    case 'direct':
      return binding.key === key;
    case 'topic':
      return topicMatches(words(binding.key), words(key));
    case 'headers':
      return headersMatch(binding.pattern, headers);
    default:
      return kind === 'fanout';
  }
}

function words(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

/** `*` is one word, `#` any number of words. */
export function topicMatches([first, ...rest]: readonly string[], key: readonly string[]): boolean {
  if (first === undefined) return key.length === 0;
  if (first === '#') return topicMatches(rest, key) || (key.length > 0 && topicMatches([first, ...rest], key.slice(1)));
  return key.length > 0 && (first === '*' || first === key[0]) && topicMatches(rest, key.slice(1));
}

function headersMatch(pattern: HeadersPattern | undefined, headers: Headers): boolean {
  const pairs = Object.entries(pattern?.pairs ?? {});
  const holds = ([name, value]: readonly [string, HeaderValue | null]) => name in headers && (value === null || headers[name] === value);
  return pattern?.match === 'any' ? pairs.some(holds) : pairs.every(holds);
}
