import { decodeBody, decodeRawFrame, isViolation, parseProtocolHeader } from '../wire/amqp10/codec.ts';

/** Octets of a stream as lines, one per frame or protocol header. */
export function annotate(bytes: Uint8Array, { offset = 0 }: { readonly offset?: number } = {}): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { text, end } = piece(bytes.subarray(at));
    lines.push(`${offset + at}: ${text}`);
    at += end;
  }
  return lines;
}

function piece(rest: Uint8Array): { readonly text: string; readonly end: number } {
  const header = rest[0] === 0x41 ? parseProtocolHeader(rest) : undefined;
  if (header?.kind === 'value') {
    const { id, major, minor, revision } = header.value;
    return { text: `protocol header AMQP ${id} ${major} ${minor} ${revision}`, end: header.end };
  }
  const raw = decodeRawFrame(rest);
  if (raw.kind === 'need-more') return { text: `beginning of a frame: ${rest.length} octets`, end: rest.length };
  if (raw.kind === 'violation') return { text: `no frame: ${raw.detail}`, end: rest.length };
  const frame = decodeBody(raw.value);
  if (isViolation(frame)) return { text: `channel ${raw.value.channel} breach of ${frame.rule}: ${frame.detail}`, end: raw.end };
  if (frame.type === 'sasl') return { text: fields(frame.body), end: raw.end };
  const { channel, performative, payload } = frame;
  const behind = payload.length === 0 ? '' : ` and ${payload.length} octets`;
  return { text: `channel ${channel} ${performative === undefined ? 'empty frame' : fields(performative)}${behind}`, end: raw.end };
}

function fields(what: { readonly type: string }): string {
  const { type, ...rest } = what;
  const text = JSON.stringify(rest, plain);
  return text === '{}' ? type : `${type} ${text}`;
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `0x${Buffer.from(value.subarray(0, 32)).toString('hex')}` : value;
}
