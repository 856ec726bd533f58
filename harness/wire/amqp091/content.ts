import type { BasicProperties } from '../../spec/amqp091/classes.ts';

/** A content header as decoded. The property list is decoded when `properties` is first read; `raw` is the payload as it came. */
export interface ContentHeader {
  readonly classId: number;
  readonly weight: number;
  readonly bodySize: bigint;
  readonly propertyFlags: number;
  readonly properties: BasicProperties;
  readonly raw: Uint8Array;
}
