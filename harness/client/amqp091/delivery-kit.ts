import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import { contentHeader, encodeFrame, type Frame, method } from '../../wire/amqp091/codec.ts';
import { type CaseSpec, type ContentPassing, inPlaceOf } from './case-kit.ts';

/** What goes out in place of the first delivery. */
export const delivery = (pieces: (content: ContentPassing, frameMax: number) => readonly (Frame | Uint8Array)[]): Pick<CaseSpec, 'needs' | 'departs'> => ({
  needs: 'consume',
  departs: inPlaceOf('basic.deliver', (content, { frameMax }) => ({ send: pieces(content, frameMax) })),
});

export const whole = ({ method: deliver, header, bodies }: ContentPassing): readonly Uint8Array[] => [
  deliver.bytes,
  header.bytes,
  ...bodies.map(({ bytes }) => bytes),
];

export const body = (channel: number, payload: Uint8Array): Uint8Array => encodeFrame({ type: 'body', channel, payload });

/** The same delivery with another header and body. */
export function bearing({ channel, method: deliver }: ContentPassing, properties: BasicProperties, ...payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  const bodySize = payloads.reduce((sum, payload) => sum + BigInt(payload.length), 0n);
  const header = encodeFrame({ type: 'header', channel, header: contentHeader({ bodySize, properties }) });
  return [deliver.bytes, header, ...payloads.map(payload => body(channel, payload))];
}

export const carrying = (properties: BasicProperties, ...payloads: readonly Uint8Array[]): Pick<CaseSpec, 'needs' | 'departs'> =>
  delivery(content => bearing(content, properties, ...payloads));

export const octets = (size: number, value = 0x61): Uint8Array => new Uint8Array(size).fill(value);
export const empty = octets(0);

/** A content that nobody asked for. */
export function strayDelivery(channel: number): readonly Uint8Array[] {
  const deliver = method('basic.deliver', { consumerTag: 'nobody', deliveryTag: 1_000_000n, routingKey: 'nowhere' });
  return [
    encodeFrame({ type: 'method', channel, method: deliver }),
    encodeFrame({ type: 'header', channel, header: contentHeader({ bodySize: 1n, properties: {} }) }),
    encodeFrame({ type: 'body', channel, payload: Uint8Array.of(1) }),
  ];
}
