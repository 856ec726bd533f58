import { expect, test } from 'vitest';
import { said, Testbed10 } from './amqp10.test-kit.ts';

test('a link of a name that is attached elsewhere is stolen there, by its own container alone', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const one = await bed.client({ containerId: 'same' });
    const again = await bed.client({ containerId: 'same' });
    const other = await bed.client({ containerId: 'other' });
    await one.send(await one.sender('q'), said('a'));
    const stolen = await one.receiver('q', { name: 'mine' });
    expect(await one.drain(stolen)).toEqual(['a']);
    await other.receiver('q', { name: 'mine' });
    expect(one.errorOf(stolen)).toBeUndefined();
    const thief = await again.receiver('q', { name: 'mine' });
    await one.until(() => one.errorOf(stolen) !== undefined);
    expect(one.errorOf(stolen)?.condition).toBe('amqp:link:stolen');
    expect(await again.drain(thief)).toEqual(['a']);
  });
});

test('there may be 256 sessions on a connection and 1,000 links on a session', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const client = await bed.client();
    const sessions = Array.from({ length: 255 }, () => client.machine.begin(client.now));
    await client.until(() => sessions.every(({ state }) => state === 'MAPPED'));
    const source = { type: 'source', address: 'q' } as const;
    const attached = Array.from({ length: 1000 }, (_, index) =>
      client.machine.attach(client.session, { name: `many${index}`, role: 'receiver', source, target: { type: 'target' } }, client.now),
    );
    await client.until(() => attached.every(({ state }) => state === 'ATTACHED'));
    expect(bed.broker.health()).toMatchObject({ consumers: 1000 });
    client.machine.close(client.now);
    await client.until(() => client.all('ended').length > 0);
    expect(bed.broker.health()).toMatchObject({ consumers: 0, channels: 0, connections: 0 });
  });
});
