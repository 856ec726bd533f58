/** Numbers of a version, most significant first; what follows the numbers is left out. */
type Numbers = readonly [number, number, number];

interface Bounds {
  readonly from: Numbers;
  /** Not included. */
  readonly below: Numbers | undefined;
}

const versionPattern = /^v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:[-+.].*)?$/;

/** The numbers of `3.10.25`, `4.0` or `4.x`, and how many of them were written. */
function parse(text: string): { readonly numbers: Numbers; readonly given: number } | undefined {
  const match = versionPattern.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1, 4).filter(part => part !== undefined && /^\d+$/.test(part));
  const [major = 0, minor = 0, patch = 0] = parts.map(Number);
  return { numbers: [major, minor, patch], given: parts.length };
}

function order(one: Numbers, other: Numbers): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** The first version behind all that share the first `given` numbers. */
function after([major, minor, patch]: Numbers, given: number): Numbers {
  if (given === 1) return [major + 1, 0, 0];
  return given === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

const zero: Numbers = [0, 0, 0];

function comparator(text: string): Bounds | undefined {
  if (text === '*' || text === 'x') return { from: zero, below: undefined };
  const match = /^(>=|<=|>|<|=|\^|~)?(.+)$/.exec(text);
  const version = parse(match?.[2] ?? '');
  if (version === undefined) return undefined;
  const { numbers, given } = version;
  switch (match?.[1]) {
    case '>=':
      return { from: numbers, below: undefined };
    case '>':
      return { from: after(numbers, given), below: undefined };
    case '<':
      return { from: zero, below: numbers };
    case '<=':
      return { from: zero, below: after(numbers, given) };
    case '^':
      return { from: numbers, below: after(numbers, numbers[0] > 0 ? 1 : Math.min(given, 2)) };
    case '~':
      return { from: numbers, below: after(numbers, Math.min(given, 2)) };
    default:
      return { from: numbers, below: after(numbers, given) };
  }
}

/**
 * Whether a version lies in a semver range: comparators parted by spaces hold together, alternatives by `||`. Pre-releases and what brokers
 * append to their versions are left out of account. Undefined where range or version cannot be read.
 */
export function inRange(version: string, range: string): boolean | undefined {
  const own = parse(version)?.numbers;
  const alternatives = range.split('||').map(part =>
    part
      .trim()
      .replace(/(>=|<=|>|<|=|\^|~)\s+/g, '$1')
      .split(/\s+/)
      .map(comparator),
  );
  if (own === undefined || alternatives.some(part => part.includes(undefined))) return undefined;
  const within = (bounds: Bounds | undefined) =>
    bounds !== undefined && order(own, bounds.from) >= 0 && (bounds.below === undefined || order(own, bounds.below) < 0);
  return alternatives.some(part => part.every(within));
}
