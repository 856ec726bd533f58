/** An order as an application has it, of every kind of value that the three formats know: each writes it in its own way. */
export interface Order {
  /** Integers of 64 bits, from the least to the greatest. */
  readonly id: bigint;
  /** Microseconds since 1970. */
  readonly placedAt: bigint;
  readonly state: State;
  readonly customer: { readonly name: string; readonly email: string | null };
  readonly lines: readonly Line[];
  readonly labels: Readonly<Record<string, string>>;
  readonly payment: { readonly kind: 'card'; readonly last4: string } | { readonly kind: 'transfer'; readonly iban: string; readonly fee: number };
  readonly signature: Uint8Array;
  readonly gift: boolean;
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
}

export const states = ['NEW', 'PAID', 'SHIPPED', 'CANCELLED'] as const;
export type State = (typeof states)[number];

const letters = ['a', 'Z', '7', ' ', 'é', 'ß', '漢', '🙂', '"', '\\', '\n', '\u0000'];
const edges = [0n, 1n, -1n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 1_700_000_000_000_000n];

/** An order that `random` decides, with this many lines. */
export function order(random: () => number, lines: number): Order {
  const below = (most: number) => Math.floor(random() * most);
  const pick = <T>(from: readonly [T, ...T[]]): T => from[below(from.length)] ?? from[0];
  const text = (most: number) => Array.from({ length: below(most + 1) }, () => pick(['a', ...letters])).join('');
  const pairs = Array.from({ length: below(4) }, (_, at) => [`label-${at}-${below(9)}`, text(8)] as const);
  return {
    id: pick([0n, ...edges]),
    placedAt: BigInt(below(2 ** 31)) * 1_000_000n + BigInt(below(1_000_000)),
    state: pick(states),
    customer: { name: text(20), email: random() < 0.5 ? null : text(12) },
    lines: Array.from({ length: lines }, () => ({ sku: text(10), quantity: below(2 ** 31) - 2 ** 30, price: (random() - 0.5) * 10 ** below(12) })),
    labels: Object.fromEntries(pairs),
    payment:
      random() < 0.5 ? { kind: 'card', last4: `${below(10)}${below(10)}${below(10)}${below(10)}` } : { kind: 'transfer', iban: text(22), fee: below(100) / 8 },
    signature: Uint8Array.from({ length: below(64) }, () => below(256)),
    gift: random() < 0.5,
  };
}
