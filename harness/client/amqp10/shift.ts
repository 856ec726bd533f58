import { serialPlus } from '../../endpoint/amqp10/serial.ts';
import type { Conversation10, Filter10 } from '../../saboteur/fault10.ts';
import type { Direction } from '../../saboteur/passing.ts';
import { bodyOf } from '../../saboteur/rewrites10.ts';
import type { AmqpFrame, Performative } from '../../wire/amqp10/codec.ts';

/** How much further on the numbers are that the client gets; what it says of them is taken back by as much. */
export interface Shift {
  transferIds: number;
  deliveryIds: number;
  /** Of links on which the server sends. */
  deliveryCounts: number;
}

const none: Shift = { transferIds: 0, deliveryIds: 0, deliveryCounts: 0 };
export const shiftOf = (shift: Partial<Shift>): Shift => ({ ...none, ...shift });

const over = 2 ** 32;
const moved = (id: number | undefined, by: number): number | undefined => (id === undefined ? undefined : serialPlus(id, by < 0 ? by + over : by));

/** The frame with its numbers moved, by way of a filter that rewrites only what has some. */
export function shifting(shift: Shift): Filter10 {
  return (seen, at) => {
    const body = bodyOf(seen);
    if (body === undefined || seen.what !== 'frame' || seen.frame.type !== 'amqp') return 'pass';
    const changed = shiftedBody(body as Performative, seen.direction, shift, (handle: number) => sends(at, seen.direction, seen.channel, handle));
    return changed === undefined ? 'pass' : { send: [{ ...(seen.frame as AmqpFrame), performative: changed }] };
  };
}

/** Whether the server sends on this link. */
function sends(at: Conversation10, direction: Direction, channel: number, handle: number): boolean {
  return at.link(direction, channel, handle)?.transfersGo === 'to-client';
}

function shiftedBody(body: Performative, direction: Direction, shift: Shift, isOurs: (handle: number) => boolean): Performative | undefined {
  const { transferIds, deliveryIds, deliveryCounts } = shift;
  if (direction === 'to-server') {
    if (body.type === 'flow') {
      const count = body.handle !== undefined && isOurs(body.handle) ? deliveryCounts : 0;
      return compact({ ...body, nextIncomingId: moved(body.nextIncomingId, -transferIds), deliveryCount: moved(body.deliveryCount, -count) });
    }
    return body.type === 'disposition' && body.role === 'receiver'
      ? compact({ ...body, first: moved(body.first, -deliveryIds) ?? 0, last: moved(body.last, -deliveryIds) })
      : undefined;
  }
  switch (body.type) {
    case 'begin':
      return { ...body, nextOutgoingId: moved(body.nextOutgoingId, transferIds) ?? 0 };
    case 'attach':
      return body.role === 'sender' ? compact({ ...body, initialDeliveryCount: moved(body.initialDeliveryCount, deliveryCounts) }) : undefined;
    case 'flow': {
      const count = body.handle !== undefined && isOurs(body.handle) ? deliveryCounts : 0;
      return compact({ ...body, nextOutgoingId: moved(body.nextOutgoingId, transferIds) ?? 0, deliveryCount: moved(body.deliveryCount, count) });
    }
    case 'transfer':
      return compact({ ...body, deliveryId: moved(body.deliveryId, deliveryIds) });
    case 'disposition':
      return body.role === 'sender' ? compact({ ...body, first: moved(body.first, deliveryIds) ?? 0, last: moved(body.last, deliveryIds) }) : undefined;
    default:
      return undefined;
  }
}

/** Without the fields that are undefined. */
function compact<T extends object>(fields: T): Performative {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Performative;
}
