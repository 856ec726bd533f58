import { expect, test } from 'vitest';
import type { AmqpValue } from '../../wire/amqp10/codec.ts';
import { said, Testbed10 } from './amqp10.test-kit.ts';

const text = (value: string): AmqpValue => ({ type: 'string', value });
const filter = (descriptor: string, value: AmqpValue): AmqpValue => ({ type: 'described', descriptor: { type: 'symbol', value: descriptor }, value });
const selector = (value: string) => ({ address: 'q', filter: [['s', filter('apache.org:selector-filter:string', text(value))]] }) as const;
const properties = (name: string, value: AmqpValue) => {
  const pairs: AmqpValue = { type: 'map', value: [[{ type: 'symbol', value: name }, value]] };
  return { address: 'q', filter: [['p', filter('amqp:properties-filter', pairs)]] } as const;
};
const applicationProperties = (name: string, value: AmqpValue) => {
  const pairs: AmqpValue = { type: 'map', value: [[text(name), value]] };
  return { address: 'q', filter: [['a', filter('amqp:application-properties-filter', pairs)]] } as const;
};

test.each([
  ['a selector', selector("colour = 'red' AND size > 1"), ['b']],
  ['a selector of header fields', selector("JMSPriority > 4 OR JMSType = 'sub'"), ['b', 'c']],
  ['properties', properties('subject', text('sub')), ['c']],
  ['properties by a prefix', properties('message-id', text('&p:m-')), ['b', 'c']],
  ['properties by a suffix', properties('message-id', text('&s:-2')), ['c']],
  ['properties that are absent', properties('subject', { type: 'null', value: null }), ['b', 'a']],
  ['application properties of another type', applicationProperties('size', { type: 'ulong', value: 2n }), ['b']],
] as const)('%s pick messages and leave the others', async (_, source, picked) => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const client = await bed.client();
    const sender = await client.sender('q');
    await client.send(sender, said('a', { applicationProperties: [['colour', text('blue')]] }));
    await client.send(
      sender,
      said('b', {
        header: { priority: 5 },
        properties: { messageId: { type: 'string', value: 'm-1' } },
        applicationProperties: [
          ['colour', text('red')],
          ['size', { type: 'int', value: 2 }],
        ],
      }),
    );
    await client.send(sender, said('c', { properties: { messageId: { type: 'string', value: 'm-2' }, subject: 'sub' } }));
    const receiver = await client.receiver(source);
    expect(receiver.remoteAttach?.source).toMatchObject({ filter: source.filter });
    expect(await client.drain(receiver)).toEqual(picked);
    expect(bed.ready('q')).toBe(3 - picked.length);
  });
});

test('no-local leaves what the connection has sent itself to others', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const one = await bed.client();
    const other = await bed.client();
    await one.send(await one.sender('q'), said('own'));
    await other.send(await other.sender('q'), said('other'));
    const local = filter('apache.org:no-local-filter:list', { type: 'list', value: [] });
    expect(await one.drain(await one.receiver({ address: 'q', filter: [['l', local]] }))).toEqual(['other']);
  });
});

test('a filter that is not known is left out of the answer, and one that cannot be read refuses the link', async () => {
  const bed = new Testbed10();
  await bed.run(async () => {
    const client = await bed.client();
    await client.send(await client.sender('q'), said('a'));
    const receiver = await client.receiver({ address: 'q', filter: [['u', filter('example:unknown', text('x'))]] });
    expect(receiver.remoteAttach?.source).toMatchObject({ filter: undefined });
    expect(await client.drain(receiver)).toEqual(['a']);
    expect(client.errorOf(await client.receiver(selector('colour =')))?.condition).toBe('amqp:invalid-field');
    expect(client.errorOf(await client.receiver(properties('nonsense', text('x'))))?.condition).toBe('amqp:invalid-field');
  });
});
