import { expect, test } from 'vitest';
import { destinationOf } from './amqp10-addresses.ts';

const queue = (name: string) => ({ exchange: '', routingKey: name, queue: name });

test.each([
  ['q', queue('q')],
  ['a/b', queue('a/b')],
  ['/queues/q', queue('q')],
  ['/queues/a%2Fb%20%C3%A4', queue('a/b ä')],
  ['/exchanges/x', { exchange: 'x', routingKey: '', queue: '' }],
  ['/exchanges/x/', { exchange: 'x', routingKey: '', queue: '' }],
  ['/exchanges/x%2F/k.%23', { exchange: 'x/', routingKey: 'k.#', queue: '' }],
])('%s leads somewhere', (address, destination) => {
  expect(destinationOf(address)).toEqual(destination);
});

test.each([
  '',
  '/',
  '/q',
  '/queues/',
  '/queues/a/b',
  '/queues/%',
  '/queues/%zz',
  '/exchanges/',
  '/exchanges//k',
  '/exchanges/amq.default/k',
  '/exchanges/x/a/b',
  '/exchanges/x/%',
])('%s means nothing', address => {
  expect(destinationOf(address)).toBeUndefined();
});
