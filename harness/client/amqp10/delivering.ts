import type { Conversation10, Filter10, FrameSeam10, Piece10 } from '../../saboteur/fault10.ts';
import { delivered10, type Message10 } from '../../saboteur/messages10.ts';
import { answer10, type Draft10, piece10 } from '../../saboteur/rewrites10.ts';
import type { AmqpTransfer, Performative } from '../../wire/amqp10/codec.ts';
import { encoded } from './inject.ts';
import { type Shift, shifting, shiftOf } from './shift.ts';
import { alone, type Behind, departs } from './words.ts';

export const nothing = new Uint8Array(0);

/** The first whole delivery of the server's arrives changed. */
export const delivered = (change: (message: Message10, at: Conversation10) => Message10 | false, behind?: Behind) => departs(delivered10(change), behind);
/** Its message is these octets. */
export const carrying = (payload: Uint8Array, behind?: Behind) => delivered(message => message.carrying(payload), behind);

/** The first transfer of the server's that begins a delivery, and the octets behind it. */
export const firstTransfer = (
  change: (draft: Draft10<'transfer'>, at: Conversation10) => readonly (Performative | Piece10)[] | false,
  behind: Behind = alone(),
) =>
  departs(
    answer10('transfer', (draft, at) => {
      if (draft.fields.deliveryId === undefined) return false;
      const pieces = change(draft, at);
      return pieces !== false && { send: pieces.map(piece => piece10(piece, draft.channel)) };
    }),
    behind,
  );

/** A transfer in place of the first one, with these fields, and with the whole of what stands behind it. */
export const transferAs = (fields: Partial<AmqpTransfer>, behind: Behind = alone()) =>
  firstTransfer(draft => [encoded({ ...draft.fields, ...fields, type: 'transfer' }, draft.channel, draft.payload)], behind);

/** Part of a transfer: what it says besides, and these octets of its payload. */
export const part = (
  { fields, payload, channel }: Draft10<'transfer'>,
  from: number,
  to: number,
  more: boolean,
  changes: Partial<AmqpTransfer> = {},
): Uint8Array => {
  const first = from === 0 ? fields : { handle: fields.handle };
  return encoded({ ...first, ...(more && { more }), ...changes, type: 'transfer' }, channel, payload.subarray(from, to));
};

/** Before the first delivery comes one that is not the broker's: the numbers of all that follow move on by one. */
export function insertedBefore(make: (draft: Draft10<'transfer'>) => readonly Uint8Array[], transfers: number): (scene: Parameters<Behind>[0]) => FrameSeam10 {
  return scene => {
    const shift: Shift = shiftOf({});
    const filter: Filter10 = shifting(shift);
    const strike = answer10('transfer', draft => {
      if (draft.fields.deliveryId === undefined) return false;
      Object.assign(shift, { transferIds: transfers, deliveryIds: 1, deliveryCounts: 1 });
      const first = draft.with({ deliveryId: (draft.fields.deliveryId + 1) >>> 0 });
      return { send: [...make(draft), first] };
    });
    return departs(strike, () => filter)(scene);
  };
}
