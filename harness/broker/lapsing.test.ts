import { describe, expect, test } from 'vitest';
import type { Lapse } from './lapsing.ts';
import { Testbed, type TestConnection } from './testbed.ts';

/** A queue `q` that was made for channel 2 of a connection, with one message, a consumer that has not settled it, and a publisher. */
function made(lapse: Lapse): TestConnection {
  const client = new Testbed().connection({ channels: 4 });
  client.do('declare-queue', { queue: 'q', lapse }, 2);
  client.do('begin-publishing', { queue: 'q' }, 3);
  client.publish('q', 'a', { channel: 3 });
  client.consume('q', { consumerTag: 'c' }, 4);
  return client;
}

const exists = (client: TestConnection): boolean => client.bed.core.virtualHosts.get('/')?.queues.has('q') === true;

describe('a queue that was made for a channel', () => {
  test('goes with that channel', () => {
    const client = made('close');
    expect(exists(client)).toBe(true);
    client.do('close-channel', {}, 2);
    expect(exists(client)).toBe(false);
  });

  test('goes when nobody is linked to it', () => {
    const client = made('no-links');
    client.do('close-channel', {}, 2);
    client.do('close-channel', {}, 3);
    expect(exists(client)).toBe(true);
    client.do('close-channel', {}, 4);
    expect(exists(client)).toBe(false);
  });

  test('goes when it is empty', () => {
    const client = made('no-messages');
    client.do('close-channel', {}, 2);
    expect(exists(client)).toBe(true);
    client.do('settle', { deliveryTag: 1 }, 4);
    expect(exists(client)).toBe(false);
  });

  test('goes when it is empty and nobody is linked to it', () => {
    const client = made('no-links-or-messages');
    client.do('close-channel', {}, 2);
    client.do('settle', { deliveryTag: 1 }, 4);
    client.do('close-channel', {}, 4);
    expect(exists(client)).toBe(true);
    client.do('close-channel', {}, 3);
    expect(exists(client)).toBe(false);
  });

  test('stays as long as its channel, whatever else is gone', () => {
    const client = made('no-links-or-messages');
    client.do('settle', { deliveryTag: 1 }, 4);
    client.do('close-channel', {}, 4);
    client.do('close-channel', {}, 3);
    expect(exists(client)).toBe(true);
  });
});
