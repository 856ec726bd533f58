import { expect, test } from 'vitest';
import { ownsIt } from './fuzz-reach.ts';

test.each([
  undefined,
  'reference',
  'rabbitmq@4.0',
  'amqp://localhost',
  'amqp://guest:guest@127.0.0.1:5673/vhost',
  'amqp://127.8.9.10',
  'amqp://[::1]:5672',
  'amqp://10.1.2.3',
  'amqp://172.16.0.1',
  'amqp://172.31.255.255',
  'amqps://192.168.1.1',
  'ws://169.254.1.1:15678/',
  'amqp://[fd00::5]',
  'amqp://[::ffff:127.0.0.1]',
])('%s is ours', async target => {
  await expect(ownsIt(target, false)).resolves.toBeUndefined();
});

test.each([
  'amqp://203.0.113.7',
  'amqp://guest:s3cret@203.0.113.7:5672',
  'amqp://172.32.0.1',
  'amqp://172.15.255.255',
  'amqps://[2001:db8::1]',
  'wss://[::ffff:203.0.113.7]/',
  'amqp://11.0.0.1',
])('%s is somebody else’s, unless it is said', async target => {
  const error: Error = await ownsIt(target, false).then(
    () => new Error('nothing was wrong'),
    (thrown: Error) => thrown,
  );
  expect(error.message).toMatch(/is not on this machine nor in a private network\. .* If it is yours: --i-own-this-broker\.$/);
  expect(error.message).not.toContain('s3cret');
  await expect(ownsIt(target, true)).resolves.toBeUndefined();
});
