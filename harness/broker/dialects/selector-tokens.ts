/** A word of a selector. */
export type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** An identifier or a keyword, as it was written. */
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: string };

const words = String.raw`\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[dDfFlL]?(?![\w$])|'((?:[^']|'')*)'|([A-Za-z_$][\w$.]*)|`;
/** Of Jakarta Messaging, and of the SQL of filter expressions, which has two signs more. */
const patterns = {
  selector: new RegExp(`${words}(<>|<=|>=|[=<>()+\\-*/,]))`, 'y'),
  sql: new RegExp(`${words}(<>|!=|<=|>=|[=<>()+\\-*/%,]))`, 'y'),
} as const;

export type Grammar = keyof typeof patterns;

/** The words of a selector; undefined where something is no word. */
export function tokensOf(text: string, grammar: Grammar): readonly Token[] | undefined {
  const pattern = patterns[grammar];
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, number, literal, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) });
    else if (literal !== undefined) tokens.push({ kind: 'text', value: literal.replaceAll("''", "'") });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else tokens.push({ kind: 'sign', value: sign ?? '' });
  }
  return tokens;
}
