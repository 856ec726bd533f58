/** The core's delivery tags, which grow by one on each link, as octets; behind an octet for the links of this name that were resumed before. */
export function tagOf(deliveryTag: number, generation: number): Uint8Array {
  const size = deliveryTag > 0xffff_ffff ? 6 : 4;
  const tag = Buffer.allocUnsafe(generation === 0 ? size : size + 1);
  tag.writeUIntBE(deliveryTag, tag.length - size, size);
  if (generation > 0) tag[0] = generation;
  return tag;
}

/** The core's delivery tag in one of these. */
export function tagIn(tag: Uint8Array): number {
  const size = tag.length - (tag.length % 2);
  return Buffer.from(tag.buffer, tag.byteOffset, tag.length).readUIntBE(tag.length - size, size);
}
