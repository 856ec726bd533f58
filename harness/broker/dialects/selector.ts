import { type Grammar, type Token, tokensOf } from './selector-tokens.ts';
import { and, calculated, compared, type Expression, isNull, like, not, oneOf, or, patternOf, type SelectorValue } from './selector-values.ts';

/** Octets of the longest selector that is read, and how deep its parentheses and signs may be. */
const lengthMax = 8192;
const depthMax = 100;

/** Whether a message is selected, by its fields; undefined is one that it does not have. */
export type Selector = (field: (name: string) => SelectorValue) => boolean;

/** Reads a message selector of Jakarta Messaging, or an expression of the SQL of filter expressions; undefined where it is none. */
export function selectorOf(text: string, grammar: Grammar = 'selector'): Selector | undefined {
  const tokens = text.length > lengthMax ? undefined : tokensOf(text, grammar);
  if (tokens === undefined) return undefined;
  if (tokens.length === 0) return () => true;
  const parser = new Parser(tokens, grammar);
  const expression = parser.whole();
  return expression && (field => expression(field) === true);
}

const keywords: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'LIKE', 'IN', 'IS', 'ESCAPE', 'NULL', 'TRUE', 'FALSE']);
const comparisons: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);

/** Each rule of the grammar answers undefined where it does not hold. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  readonly #grammar: Grammar;

  constructor(tokens: readonly Token[], grammar: Grammar) {
    this.#grammar = grammar;
    this.#tokens = tokens;
  }

  whole(): Expression | undefined {
    const expression = this.#disjunction();
    return this.#at === this.#tokens.length ? expression : undefined;
  }

  #disjunction(): Expression | undefined {
    return this.#chain(
      ['OR'],
      () => this.#conjunction(),
      (_, left, right) => or(left, right),
    );
  }

  #conjunction(): Expression | undefined {
    return this.#chain(
      ['AND'],
      () => this.#negation(),
      (_, left, right) => and(left, right),
    );
  }

  #negation(): Expression | undefined {
    if (!this.#take('NOT')) return this.#comparison();
    const operand = this.#deeper(() => this.#negation());
    return operand && not(operand);
  }

  #comparison(): Expression | undefined {
    const left = this.#sum();
    if (left === undefined) return undefined;
    if (this.#take('IS')) {
      const negated = this.#take('NOT');
      return this.#take('NULL') ? this.#negated(isNull(left), negated) : undefined;
    }
    const sign = this.#sign(comparisons);
    if (sign !== undefined) {
      const right = this.#sum();
      return right && compared(sign === '!=' ? '<>' : sign, left, right);
    }
    const negated = this.#take('NOT');
    const test = this.#take('BETWEEN') ? this.#between(left) : this.#take('IN') ? this.#among(left) : this.#take('LIKE') ? this.#alike(left) : undefined;
    if (test === undefined) return negated || this.#failed ? undefined : left;
    return this.#negated(test, negated);
  }

  #failed = false;

  /** Behind a keyword that wants more there is no way back. */
  #due(expression: Expression | undefined): Expression | undefined {
    this.#failed ||= expression === undefined;
    return expression;
  }

  #between(operand: Expression): Expression | undefined {
    const low = this.#sum();
    const high = this.#take('AND') ? this.#sum() : undefined;
    return this.#due(low && high && and(compared('>=', operand, low), compared('<=', operand, high)));
  }

  #among(operand: Expression): Expression | undefined {
    const values = new Set<string | number>();
    if (!this.#take('(')) return this.#due(undefined);
    do {
      const value = this.#text() ?? (this.#grammar === 'sql' ? this.#number() : undefined);
      if (value === undefined) return this.#due(undefined);
      values.add(value);
    } while (this.#take(','));
    return this.#due(this.#take(')') ? oneOf(operand, values) : undefined);
  }

  #alike(operand: Expression): Expression | undefined {
    const pattern = this.#text();
    const escapes = this.#take('ESCAPE');
    const escaping = escapes ? this.#text() : undefined;
    const wrong = pattern === undefined || (escapes && escaping?.length !== 1);
    return this.#due(wrong ? undefined : like(operand, patternOf(pattern, escaping)));
  }

  #sum(): Expression | undefined {
    return this.#chain(['+', '-'], () => this.#product(), calculated);
  }

  #product(): Expression | undefined {
    return this.#chain(['*', '/', '%'], () => this.#factor(), calculated);
  }

  #factor(): Expression | undefined {
    if (this.#take('+')) return this.#deeper(() => this.#factor());
    if (this.#take('-')) {
      const operand = this.#deeper(() => this.#factor());
      return operand && calculated('-', () => 0, operand);
    }
    if (this.#take('(')) {
      const inner = this.#deeper(() => this.#disjunction());
      return this.#take(')') ? inner : undefined;
    }
    return this.#primary();
  }

  #primary(): Expression | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'sign') return undefined;
    this.#at += 1;
    if (token.kind !== 'name') return () => token.value;
    const word = token.value.toUpperCase();
    if (word === 'TRUE' || word === 'FALSE') return () => word === 'TRUE';
    return keywords.has(word) ? undefined : field => field(token.value);
  }

  #chain(
    words: readonly string[],
    operand: () => Expression | undefined,
    combine: (word: string, left: Expression, right: Expression) => Expression,
  ): Expression | undefined {
    let left = operand();
    while (left !== undefined) {
      const word = words.find(each => this.#take(each));
      if (word === undefined) return left;
      const right = operand();
      left = right && combine(word, left, right);
    }
    return undefined;
  }

  #deeper(rule: () => Expression | undefined): Expression | undefined {
    this.#depth += 1;
    const expression = this.#depth > depthMax ? undefined : rule();
    this.#depth -= 1;
    return expression;
  }

  #negated(test: Expression, negated: boolean): Expression {
    return negated ? not(test) : test;
  }

  /** Takes this keyword or sign, where it comes next. */
  #take(word: string): boolean {
    const token = this.#tokens[this.#at];
    const there = token !== undefined && (token.kind === 'sign' || token.kind === 'name') && token.value.toUpperCase() === word;
    if (there) this.#at += 1;
    return there;
  }

  #sign(signs: ReadonlySet<string>): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || !signs.has(token.value)) return undefined;
    this.#at += 1;
    return token.value;
  }

  #number(): number | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'number') return undefined;
    this.#at += 1;
    return token.value;
  }

  #text(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'text') return undefined;
    this.#at += 1;
    return token.value;
  }
}
