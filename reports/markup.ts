import { visible } from './words.ts';

/** Forges take a comment of at most 65536 characters: a list has this share of them. */
const listRoom = 4_000;

/** As many of the texts, from the first, as are together no longer than `characters`. */
export function within(texts: readonly string[], characters: number): readonly string[] {
  let length = 0;
  const over = texts.findIndex(text => {
    length += text.length;
    return length > characters;
  });
  return over === -1 ? texts : texts.slice(0, over);
}

/** A list, cut where it would be too long for a comment. */
export function list(items: readonly string[]): string {
  const shown = within(items, listRoom);
  return [...shown, ...(shown.length < items.length ? [`- and ${items.length - shown.length} more, all in run.json`] : [])].join('\n');
}

/** A table whose columns but the first are numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

/** Text that means itself: nothing in it is markup, a mention or a link of an issue. */
export function literal(text: string): string {
  return visible(text.replaceAll('\n', ' '))
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`)
    .replace(/@(?=\w)/g, '@\u200b');
}

/** A code span whose fence is longer than any run of backticks within. */
export function code(text: string): string {
  const inner = visible(text.replaceAll('\n', ' '));
  const ticks = '`'.repeat(longestRun(inner) + 1);
  const space = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${inner}${space}${ticks}`;
}

/** A block that ends at its own fence alone. */
export function fence(text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}text\n${text}\n${ticks}`;
}

const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length));
