import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composite } from '../../fuzz/arbitraries-amqp10.ts';
import { compositeCodec } from './composite.ts';
import { cursorOver } from './cursor.ts';
import { slowRecordCodec } from './record.ts';
import { octetsOf } from './writer.ts';

test('without generated source the same is read and written', () => {
  fc.assert(
    fc.property(composite(), value => {
      const { record, codecs } = compositeCodec(value.type);
      const slow = slowRecordCodec(value.type, codecs);
      const count = record.count(value);
      const octets = octetsOf(writer => record.write(writer, value, count));
      expect(slow.count(value)).toBe(count);
      expect(octetsOf(writer => slow.write(writer, value, count))).toEqual(octets);
      expect(slow.read(cursorOver(octets, 0, octets.length), count)).toEqual(record.read(cursorOver(octets, 0, octets.length), count));
    }),
    { numRuns: 500 },
  );
});
