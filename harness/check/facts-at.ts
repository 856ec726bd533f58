import type { Amqp10Facts } from '../target/amqp10-facts.ts';
import { inRange } from './versions.ts';

/** The row that holds for this version; for a version that cannot be read, or is not known, the first. */
export function factsAt(rows: readonly Amqp10Facts[] = [], version?: string): Amqp10Facts | undefined {
  return rows.find(({ versions }) => versions === undefined || version === undefined || inRange(version, versions) !== false);
}
