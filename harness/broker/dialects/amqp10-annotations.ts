import type { Message } from '../../wire/amqp10/codec.ts';

/** An annotation that is not known and not said to be optional. Those that begin with `x-` are headers of 0-9-1. */
export function unknownAnnotation(message: Message): string | undefined {
  const unknown = message.messageAnnotations?.find(([key]) => typeof key === 'bigint' || !key.startsWith('x-'));
  return unknown === undefined ? undefined : String(unknown[0]);
}
