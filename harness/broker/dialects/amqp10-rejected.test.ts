import { expect, test } from 'vitest';
import { compositeOf } from '../../wire/amqp10/codec.ts';
import { said, Testbed10, textOf } from './amqp10.test-kit.ts';
import { define } from './amqp091-definitions.ts';

const error = { type: 'error', condition: 'amqp:decode-error', description: 'cannot be read' } as const;

test('a message that is rejected with an error tells that error as a dead letter, and is else as it was', async () => {
  const bed = new Testbed10();
  define(bed.broker, { queues: [{ name: 'work', arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'r' } }] });
  await bed.run(async () => {
    const client = await bed.client();
    const sender = await client.sender('work');
    const asked = [['asked', { type: 'string', value: 'of us' }]] as const;
    await client.send(sender, said('bad', { deliveryAnnotations: asked, messageAnnotations: [['x-opt-kept', { type: 'string', value: 'kept' }]] }));
    await client.send(sender, said('worse'));
    const work = await client.receiver('work');
    expect(await client.drain(work)).toEqual(['bad', 'worse']);
    client.machine.settle(work, [0], { settled: true, state: { type: 'rejected', error } }, client.now);
    client.machine.settle(work, [1], { settled: true, state: { type: 'rejected' } }, client.now);
    const dead = await client.receiver('r');
    expect(await client.drain(dead)).toEqual(['bad', 'worse']);
    const [bad, worse] = client.received(dead).map(({ message }) => message);
    const told = bad?.deliveryAnnotations?.map(([key, value]) => [key, compositeOf(value)]);
    expect(told).toEqual([['rejected', expect.objectContaining(error)]]);
    expect(bad?.messageAnnotations).toContainEqual(['x-opt-kept', { type: 'string', value: 'kept' }]);
    expect(bad === undefined ? '' : textOf(bad)).toBe('bad');
    expect(worse?.deliveryAnnotations).toBeUndefined();
    expect([bad, worse].map(message => message?.header?.deliveryCount)).toEqual([1, 1]);
  });
});

test('a dead letter keeps count of the deliveries that had failed before', async () => {
  const bed = new Testbed10();
  define(bed.broker, { queues: [{ name: 'work', arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'r' } }] });
  await bed.run(async () => {
    const client = await bed.client();
    await client.send(await client.sender('work'), said('bad'));
    const work = await client.receiver('work');
    await client.drain(work);
    client.machine.settle(work, [0], { settled: true, state: { type: 'modified', deliveryFailed: true } }, client.now);
    await client.drain(work);
    client.machine.settle(work, [1], { settled: true, state: { type: 'rejected' } }, client.now);
    const dead = await client.receiver('r');
    await client.drain(dead);
    expect(client.received(dead).map(({ message }) => message?.header?.deliveryCount)).toEqual([2]);
  });
});

test('a message that is rejected with an error and has nowhere to go is gone', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const client = await bed.client();
    await client.send(await client.sender('q'), said('bad'));
    const receiver = await client.receiver('q');
    await client.drain(receiver);
    client.machine.settle(receiver, [0], { settled: true, state: { type: 'rejected', error } }, client.now);
    expect(await client.drain(receiver)).toEqual([]);
    expect(bed.ready('q')).toBe(0);
  });
});
