import { expect, test } from 'vitest';
import { tally } from './books.ts';

const attempted = ['m1', 'm2', 'm3', 'm4', 'm5'];

test('accounts for what is lost, twice there, out of order and not to be there', () => {
  const books = { outage: 'kill', attempted, confirmed: ['m1', 'm2', 'm3', 'm4'], barred: ['m4'] } as const;
  expect(tally(books, ['m3', 'm1', 'm3', 'm4', 'x'])).toEqual({
    outage: 'kill',
    attempted: 5,
    confirmed: 4,
    recovered: 4,
    lost: 1,
    duplicated: 1,
    reordered: 1,
    unexpected: 2,
  });
});

test('allows an unconfirmed message to be there and an acknowledged one to be gone', () => {
  const even = { lost: 0, duplicated: 0, reordered: 0, unexpected: 0 };
  expect(tally({ outage: 'stop', attempted, confirmed: ['m1', 'm2'], barred: ['m1'] }, ['m2', 'm3'])).toMatchObject(even);
});
