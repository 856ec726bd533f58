/** The low octets of a whole number without sign. */
export function bigEndian(value: number, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, at) => Math.floor(value / 256 ** (width - 1 - at)));
}
