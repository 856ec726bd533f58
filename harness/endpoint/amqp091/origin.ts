import { classes } from '../../spec/amqp091/classes.ts';
import { frameTypes } from '../../spec/amqp091/constants.ts';
import type { RawFrame } from '../../wire/amqp091/raw-frame.ts';

/** The method that a breach came with, by its numbers; zeros where there is none. */
export interface Origin {
  readonly classId: number;
  readonly methodId: number;
}

export const noOrigin: Origin = { classId: 0, methodId: 0 };
const closeIds: readonly number[] = [classes.connection.methods.close.id, classes.connection.methods['close-ok'].id];

/** Whether this is close or close-ok of the connection, all that counts after we sent close. */
export function isClosing({ type, channel, payload }: RawFrame): boolean {
  const { classId, methodId } = originOf(payload);
  return type === frameTypes.method && channel === 0 && classId === classes.connection.id && closeIds.includes(methodId);
}

/** The numbers that a method's payload begins with. */
export function originOf(payload: Uint8Array): Origin {
  const [classHigh = 0, classLow = 0, methodHigh = 0, methodLow = 0] = payload;
  return { classId: classHigh * 256 + classLow, methodId: methodHigh * 256 + methodLow };
}
