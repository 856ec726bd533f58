import type { Protocol } from '../spec/catalogue.ts';
import { annotate as annotate10 } from '../wire/amqp10/describe.ts';
import { annotate as annotate091 } from '../wire/amqp091/describe.ts';

/** A stream's octets as lines, one per frame or protocol header, in the words of the protocol that is spoken on it. */
export function annotated(bytes: Uint8Array, offset: number, protocol: Protocol): readonly string[] {
  return protocol === '1.0' ? annotate10(bytes, { offset }) : annotate091(bytes, { offset });
}
