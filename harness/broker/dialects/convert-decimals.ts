/** A decimal as 0-9-1 has it: `value` divided by ten to the power of `scale`. */
export interface ScaledDecimal {
  readonly scale: number;
  readonly value: number;
}

/** Binary integer decimals of IEEE 754 by their octets: bits of the exponent, of the coefficient below it, and the bias of the exponent. */
const forms: ReadonlyMap<number, { readonly exponentBits: bigint; readonly coefficientBits: bigint; readonly bias: bigint }> = new Map([
  [4, { exponentBits: 8n, coefficientBits: 23n, bias: 101n }],
  [8, { exponentBits: 10n, coefficientBits: 53n, bias: 398n }],
  [16, { exponentBits: 14n, coefficientBits: 113n, bias: 6176n }],
]);

/** As decimal64: its sixteen digits hold every number that 0-9-1 can say. */
export function decimalOf({ scale, value }: ScaledDecimal): Uint8Array {
  const sign = value < 0 ? 1n : 0n;
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE((sign << 63n) | ((398n - BigInt(scale)) << 53n) | BigInt(Math.abs(value)));
  return octets;
}

/** What 0-9-1 can say of a decimal; undefined where it is too large, too fine, or no number. */
export function decimalValue(octets: Uint8Array): ScaledDecimal | undefined {
  const form = forms.get(octets.length);
  if (form === undefined) return undefined;
  const { exponentBits, coefficientBits, bias } = form;
  const bits = BigInt(`0x${Buffer.from(octets).toString('hex')}`);
  const field = (bits >> coefficientBits) & ((1n << exponentBits) - 1n);
  // With both highest bits set the coefficient is larger than any that 0-9-1 has, or this is no number.
  if (field >> (exponentBits - 2n) === 3n) return undefined;
  const magnitude = bits & ((1n << coefficientBits) - 1n);
  const negative = bits >> (exponentBits + coefficientBits) === 1n;
  const scale = bias - field;
  if (scale < 0n || scale > 255n || magnitude > (negative ? 0x80000000n : 0x7fffffffn)) return undefined;
  return { scale: Number(scale), value: negative ? -Number(magnitude) : Number(magnitude) };
}
