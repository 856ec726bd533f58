import { describe, expect, it } from 'vitest';
import { method, protocolHeader091 } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import { delivered, published } from './messages.ts';
import { body, declare, decoded, methodFrame, names, publish, serverSide } from './seam.test-kit.ts';

describe('a faulted message', () => {
  it('is held until it is whole, then changed as one', () => {
    const seam = published(message => message.with({ body: Uint8Array.of(...message.body, 0) }));
    const { server, client } = serverSide(seam);
    client.send(protocolHeader091, ...publish.slice(0, 3));
    expect(server.received).toEqual([protocolHeader091]);
    client.send(...publish.slice(3));
    const sent = decoded(server.received.slice(1));
    expect(sent.map(frame => frame.type)).toEqual(['method', 'header', 'body']);
    expect(sent[1]).toMatchObject({ header: { bodySize: BigInt(body.length + 1), properties: { appId: 'us' } } });
  });

  it('goes on octet by octet where the fault leaves it alone or it breaks off', () => {
    const seam = published(message => message.args.exchange === 'other' && []);
    const { server, client } = serverSide(seam);
    client.send(protocolHeader091, ...publish, ...publish.slice(0, 2), declare, ...publish.slice(0, 1));
    client.end('eof');
    expect(joined(...server.received)).toEqual(joined(protocolHeader091, ...publish, ...publish.slice(0, 2), declare, ...publish.slice(0, 1)));
  });

  it('is dropped or doubled', () => {
    const deliver = (queue: string) => [methodFrame(1, method('basic.deliver', { consumerTag: 'c', routingKey: queue })), ...publish.slice(1)];
    const seam = delivered('basic.deliver', message => (message.args.routingKey === 'a' ? [message, message] : []));
    const { wire, stream } = serverSide(seam);
    stream.write(joined(...deliver('a'), ...deliver('b')));
    expect(names(wire.written)).toEqual(['basic.deliver', 'header', 'body', 'basic.deliver', 'header', 'body']);
  });
});
