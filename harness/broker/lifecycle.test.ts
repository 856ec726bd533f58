import { describe, expect, test } from 'vitest';
import { delivered, filled, kinds, Testbed } from './testbed.ts';

describe('what was not settled', () => {
  test('goes back in order when its channel closes, and to another consumer at once', () => {
    const bed = new Testbed();
    const client = filled(bed.connection({ channels: 2 }), '1', '2', '3');
    client.consume('q', { consumerTag: 'a' });
    client.settle(2);
    const waiting = bed.connection();
    waiting.consume('q', { consumerTag: 'b' });
    expect(delivered(client.do('close-channel'))).toEqual(['b:1!', 'b:3!']);
  });

  test('goes back when its connection ends or is refused, and to none of its other channels', () => {
    const bed = new Testbed();
    const client = filled(bed.connection({ channels: 2 }), '1', '2');
    client.consume('q', { consumerTag: 'a' });
    client.consume('q', { consumerTag: 'b' }, 2);
    expect(delivered(bed.apply({ kind: 'disconnect', connection: client.id }))).toEqual([]);
    expect(bed.waiting('q')).toEqual(['1', '2']);
    const next = bed.connection();
    next.consume('q', { consumerTag: 'c' });
    expect(kinds(next.consume('q', { consumerTag: 'c' }))).toEqual(['refused']);
    expect(bed.waiting('q')).toEqual(['1', '2']);
  });
});
