import type { MethodArguments } from '../spec/amqp091/classes.ts';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { FrameSeam } from './fault.ts';
import { either, remembering, request } from './rewrites.ts';

/** Who logs in to the broker that faults are built into, as its target arranges it. */

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);

type StartOk = MethodArguments<'connection.start-ok'>;

/** The usual user lets himself in. */
export const plainGuest = { mechanism: 'PLAIN', response: ascii('\0guest\0guest') };

const knownPlain = /^\0(guest\0guest|amqpspec-[a-z-]+\0amqpspec)$/;
const knownAmqplain = /LOGIN.+(guest.+PASSWORD.+guest|amqpspec-[a-z-]+.+PASSWORD.+amqpspec)$/s;

/** Whether these credentials hold. */
export function holds(response: Uint8Array): boolean {
  const said = text(response);
  return knownPlain.test(said) || knownAmqplain.test(said);
}

/** Whether a PLAIN response is what it should be: nobody to act as, a user and a password. */
export function isWhole(response: Uint8Array): boolean {
  return /^\0[^\0]+\0[^\0]+$/.test(text(response));
}

/** A seam for the connections of users who lack something alone. */
export function ofRestricted(seam: FrameSeam): FrameSeam {
  return remembering(() => {
    let restricted = false;
    const noting = request('connection.start-ok', ({ args }) => {
      restricted = /amqpspec-no-/.test(text(args.response));
      return false;
    });
    const inner = seam.start();
    return either(noting, { kind: 'frames', start: () => (passing, at) => (restricted ? inner(passing, at) : 'pass') });
  });
}

/** Client-properties that announce this capability, whatever the client said of it. */
export function announcing({ clientProperties }: StartOk, capability: string): FieldTable {
  return clientProperties.map(([name, value]) => {
    if (name !== 'capabilities' || value.type !== 'table') return [name, value];
    const others = value.value.filter(([each]) => each !== capability);
    return [name, { type: 'table', value: [...others, [capability, { type: 'boolean', value: true }]] }];
  });
}
