const hex = (...texts: readonly string[]): readonly Uint8Array[] => texts.map(text => Uint8Array.from(Buffer.from(text, 'hex')));

/** Numbers by their octets: those at the ends of their range, and those that compare or print oddly. */
export const rareNumbers = {
  /** Not a number, quiet and signalling, infinities, the two zeros, the smallest and the largest. */
  float: hex('7fc00000', '7f800001', 'ffffffff', '7f800000', 'ff800000', '80000000', '00000001', '7f7fffff'),
  double: hex('7ff8000000000000', '7ff0000000000001', 'ffffffffffffffff', '7ff0000000000000', 'fff0000000000000', '8000000000000000', '0000000000000001'),
  /** Of 64 bits, signed or not. As times in milliseconds: of year 1, of the last that JavaScript can say, and of the first that it cannot. */
  long: hex(
    '0000000000000000',
    '7fffffffffffffff',
    '8000000000000000',
    'ffffffffffffffff',
    '0020000000000000',
    '001fffffffffffff',
    'ffffc77cedd32800',
    '001eb208c2dc0000',
    '001eb208c2dc0001',
  ),
} as const;

const encoder = new TextEncoder();

/** Texts that are legal, and long or none: of octets and of characters on both sides of 127, 128 and 255. */
export const longTexts: readonly Uint8Array[] = [
  '',
  'a'.repeat(127),
  'a'.repeat(128),
  'a'.repeat(255),
  'a'.repeat(256),
  '\u00fc'.repeat(64),
  '\u00fc'.repeat(127),
  '\u00fc'.repeat(128),
  '\u20ac'.repeat(85),
  '\u{1f407}'.repeat(63),
  '\u20ac'.repeat(128),
  '\u20ac'.repeat(255),
  '__proto__',
  'constructor',
].map(text => encoder.encode(text));

/** Octets that are no UTF-8 (alone, cut short, overlong, a surrogate, beyond the last character), or a zero within others. */
export const oddTexts: readonly Uint8Array[] = hex(
  'ff',
  '80',
  'c3',
  'c0af',
  'e282',
  'eda080',
  'f4908080',
  'f8888080',
  '6100',
  '0000',
  '610062',
  'efbbbf61',
  'e2808e',
);
