import type { Hole, Step } from './conversation/conversation.ts';

/** What a step sends, and where it is cut and filled. */
export type SentOctets = Pick<Extract<Step, { readonly kind: 'send' }>, 'octets' | 'holes' | 'cuts'>;

/** Octets in a line, about. */
const lineMax = 32;
/** From so many equal octets on they are written once, with their number. */
const runMin = 16;

/** What stands in front of the octet at `at`: a cut, or a comment on a line of its own. */
interface Mark {
  readonly at: number;
  readonly comment?: string;
}

/**
 * Octets as lines of hex: `|` where they are cut, `{NAME @OFFSET/WIDTH: …}` around a hole with the sizes that grow with it, `00*64` for many equal ones,
 * and a comment in front of each frame. `frames` are lines numbered by their first octet.
 * @throws {RangeError} where holes overlap or lie outside the octets.
 */
export function octetLines({ octets, holes, cuts }: SentOctets, frames: readonly string[]): readonly string[] {
  const ascending = [...holes].sort((a, b) => a.at - b.at || a.width - b.width);
  const inside = [...new Set(cuts)].filter(at => at > 0 && at < octets.length);
  const marks = [...inside.map(at => ({ at })), ...frames.map(frameMark)].sort((a, b) => a.at - b.at);
  const writer = new Writer(octets, marks);
  for (const hole of ascending) {
    if (hole.at < writer.at || hole.at + hole.width > octets.length) throw new RangeError(`the hole ${hole.name} at ${hole.at} overlaps or lies outside`);
    writer.upTo(hole.at, true);
    writer.word(`{${[hole.name, ...hole.sizes.map(({ at, width }) => `@${at}/${width}`)].join(' ')}:`);
    writer.upTo(hole.at + hole.width, false);
    writer.word('}');
  }
  writer.upTo(octets.length, true);
  return writer.all();
}

function frameMark(line: string): Mark {
  const [, at = '0', comment = line] = /^(\d+): (.*)$/s.exec(line) ?? [];
  return { at: Number(at), comment };
}

class Writer {
  at = 0;
  readonly #octets: Uint8Array;
  readonly #marks: readonly Mark[];
  readonly #lines: string[] = [];
  #mark = 0;
  #words: string[] = [];
  #width = 0;

  constructor(octets: Uint8Array, marks: readonly Mark[]) {
    this.#octets = octets;
    this.#marks = marks;
  }

  /** Writes all octets before `end`, and the marks before them; with `andMarks` those at the end too. */
  upTo(end: number, andMarks: boolean): void {
    for (let mark = this.#marks[this.#mark]; mark !== undefined && (mark.at < end || (andMarks && mark.at <= end)); mark = this.#marks[this.#mark]) {
      this.#write(mark.at);
      this.#put(mark);
      this.#mark += 1;
    }
    this.#write(end);
  }

  /** All lines, once everything is written. */
  all(): readonly string[] {
    this.#break();
    return this.#lines;
  }

  word(text: string): void {
    if (this.#width >= lineMax) this.#break();
    this.#words.push(text);
  }

  #put({ comment }: Mark): void {
    if (comment === undefined) this.word('|');
    else {
      this.#break();
      this.#lines.push(`# ${comment}`);
    }
  }

  #write(end: number): void {
    while (this.at < end) {
      const octet = this.#octets[this.at] as number;
      let next = this.at + 1;
      while (next < end && this.#octets[next] === octet) next += 1;
      const run = next - this.at >= runMin;
      const text = octet.toString(16).padStart(2, '0');
      this.word(run ? `${text}*${next - this.at}` : text);
      this.at = run ? next : this.at + 1;
      this.#width += 1;
    }
  }

  #break(): void {
    if (this.#words.length > 0) this.#lines.push(this.#words.join(' '));
    this.#words = [];
    this.#width = 0;
  }
}

const word = /\{([\w.-]+)((?:\s+@\d{1,8}\/[14])*)\s*:|(\})|(\|)|([0-9a-f]{2})\*(\d{1,9})(?=[\s|}]|$)|((?:[0-9a-f]{2})+)(?=[\s|}]|$)/iy;

/** Reads lines of `octetLines`, one after the other. What is wrong with a line is answered as the end of a sentence. */
export class OctetReader {
  readonly #parts: Uint8Array[] = [];
  readonly #holes: Hole[] = [];
  readonly #cuts: number[] = [];
  #open: Omit<Hole, 'width'> | undefined;
  #length = 0;
  readonly #lengthMax: number;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Takes a line without its comment; answers what is wrong with it, if anything. */
  line(text: string): string | undefined {
    for (let at = 0; ; ) {
      while (/\s/.test(text.charAt(at))) at += 1;
      if (at === text.length) return undefined;
      word.lastIndex = at;
      const match = word.exec(text);
      if (match === null) return `${JSON.stringify(text.slice(at, at + 20))} is neither hex, a cut nor a hole`;
      const wrong = this.#word(match);
      if (wrong !== undefined) return wrong;
      at = word.lastIndex;
    }
  }

  /** What was read; a sentence's end where something is missing or out of place. */
  end(): SentOctets | string {
    if (this.#open !== undefined) return `the hole ${this.#open.name} has no end`;
    const octets = Buffer.concat(this.#parts, this.#length);
    const astray = this.#holes.find(({ sizes }) => sizes.some(({ at, width }) => at + width > octets.length));
    if (astray !== undefined) return `the hole ${astray.name} has a size outside the octets`;
    const cuts = [...new Set(this.#cuts)].filter(at => at > 0 && at < octets.length);
    return { octets: new Uint8Array(octets), holes: this.#holes, cuts };
  }

  #word([, name, sizes = '', close, cut, octet, count, hex]: RegExpExecArray): string | undefined {
    if (name !== undefined) {
      if (this.#open !== undefined) return `the hole ${name} begins within the hole ${this.#open.name}`;
      const each = [...sizes.matchAll(/@(\d+)\/([14])/g)].map(([, at, width]) => ({ at: Number(at), width: width === '1' ? (1 as const) : (4 as const) }));
      this.#open = { name, at: this.#length, sizes: each };
    } else if (close !== undefined) {
      if (this.#open === undefined) return 'a } ends no hole';
      const { name: opened, at, sizes: grown } = this.#open;
      this.#holes.push({ name: opened, at, width: this.#length - at, sizes: grown });
      this.#open = undefined;
    } else if (cut !== undefined) this.#cuts.push(this.#length);
    else return this.#take(octet, Number(count), hex);
    return undefined;
  }

  #take(octet: string | undefined, count: number, hex = ''): string | undefined {
    const size = octet === undefined ? hex.length / 2 : count;
    if (this.#length + size > this.#lengthMax) return 'the case has too many octets';
    this.#parts.push(octet === undefined ? Buffer.from(hex, 'hex') : Buffer.alloc(count, Number.parseInt(octet, 16)));
    this.#length += size;
    return undefined;
  }
}
