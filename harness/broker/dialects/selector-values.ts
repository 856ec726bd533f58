/** What an expression of a selector comes to; undefined is unknown. */
export type SelectorValue = boolean | number | string | undefined;

export type Expression = (field: (name: string) => SelectorValue) => SelectorValue;

export const not =
  (operand: Expression): Expression =>
  field => {
    const value = operand(field);
    return typeof value === 'boolean' ? !value : undefined;
  };

/** False decides, whatever the other is; unknown is stronger than true. */
export const and =
  (left: Expression, right: Expression): Expression =>
  field => {
    const one = left(field);
    if (one === false) return false;
    const other = right(field);
    if (other === false) return false;
    return one === true && other === true ? true : undefined;
  };

export const or =
  (left: Expression, right: Expression): Expression =>
  field => {
    const one = left(field);
    if (one === true) return true;
    const other = right(field);
    if (other === true) return true;
    return one === false && other === false ? false : undefined;
  };

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

export const calculated =
  (sign: string, left: Expression, right: Expression): Expression =>
  field => {
    const a = left(field);
    const b = right(field);
    return typeof a === 'number' && typeof b === 'number' ? arithmetic[sign]?.(a, b) : undefined;
  };

const orders: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/** Values of different types are neither equal nor different: nothing is known of them. Only numbers have an order. */
export const compared =
  (sign: string, left: Expression, right: Expression): Expression =>
  field => {
    const a = left(field);
    const b = right(field);
    if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
    if (sign === '=') return a === b;
    if (sign === '<>') return a !== b;
    return typeof a === 'number' && typeof b === 'number' ? orders[sign]?.(a, b) : undefined;
  };

export const oneOf =
  (operand: Expression, values: ReadonlySet<string | number>): Expression =>
  field => {
    const value = operand(field);
    if (typeof value === 'number') return [...values].some(each => typeof each === 'number') ? values.has(value) : undefined;
    return typeof value === 'string' ? values.has(value) : undefined;
  };

export const like =
  (operand: Expression, pattern: Pattern): Expression =>
  field => {
    const value = operand(field);
    return typeof value === 'string' ? matches(pattern, value) : undefined;
  };

export const isNull =
  (operand: Expression): Expression =>
  field =>
    operand(field) === undefined;

/** A pattern by its characters; `any` stands for one of them, `all` for however many. */
export type Pattern = readonly (string | typeof any | typeof all)[];
const any = Symbol('any');
const all = Symbol('all');

/** `_` is any character and `%` however many, unless they stand behind the escape character. */
export function patternOf(text: string, escaping: string | undefined): Pattern {
  const pattern: (string | typeof any | typeof all)[] = [];
  const characters = [...text];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] as string;
    if (character === escaping && index + 1 < characters.length) {
      index += 1;
      pattern.push(characters[index] as string);
    } else pattern.push(character === '_' ? any : character === '%' ? all : character);
  }
  return pattern;
}

/** Takes at most the product of both lengths: on a mismatch only the last `%` is tried again. */
function matches(pattern: Pattern, text: string): boolean {
  const characters = [...text];
  let at = 0;
  let from = 0;
  let star = -1;
  let tried = 0;
  while (from < characters.length) {
    const due = pattern[at];
    if (due === all) {
      star = at;
      tried = from;
      at += 1;
    } else if (due === any || due === characters[from]) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      tried += 1;
      from = tried;
    } else return false;
  }
  while (pattern[at] === all) at += 1;
  return at === pattern.length;
}
