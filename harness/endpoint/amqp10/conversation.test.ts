import { expect, test } from 'vitest';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import {
  acceptAll,
  anonymous,
  attached,
  attachOf,
  beginOf,
  converse,
  frame,
  joined,
  opened,
  openOctets,
  type Recorded,
  recorded,
} from './recorded.test-kit.ts';
import type { LinkEndpoint } from './vocabulary.ts';

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);

function pair(pipelined: boolean): { readonly client: Recorded; readonly server: Recorded } {
  const server = recorded({ role: 'server', sasl: anonymous.server }, (event, { machine }) => {
    acceptAll(machine, event, 5);
    if (event.kind === 'delivery') machine.settle(event.link, [event.delivery.deliveryId], { settled: true, state: { type: 'accepted' } }, 0);
  });
  const client = recorded({ role: 'client', sasl: { ...anonymous.client, pipelined } });
  return { client, server };
}

test.each([false, true])('a client and a server open, send, settle, drain, detach, end and close (pipelined: %s)', pipelined => {
  const { client, server } = pair(pipelined);
  const { machine } = client;
  machine.start(0);
  machine.open(0);
  converse(client, server);
  expect([machine.state, server.machine.state]).toEqual(['OPENED', 'OPENED']);
  const session = machine.begin(0);
  const sender = machine.attach(session, { name: 's', role: 'sender', target: { type: 'target', address: 'q' } }, 0);
  converse(client, server);
  expect([session.state, sender.state, sender.credit]).toEqual(['MAPPED', 'ATTACHED', 5]);
  expect(machine.deliver(sender, { tag: text('1'), payload: text('hello') }, 0)).toBe(0);
  expect([...sender.unsettled]).toHaveLength(1);
  converse(client, server);
  expect([...sender.unsettled]).toEqual([]);
  const [delivery] = server.events.flatMap(event => (event.kind === 'delivery' ? [event] : []));
  expect(Buffer.concat(delivery?.delivery.payload ?? []).toString()).toBe('hello');
  const theirs = delivery?.link as LinkEndpoint;
  expect([theirs.credit, theirs.deliveryCount, [...theirs.unsettled].length]).toEqual([4, 1, 0]);
  server.machine.grant(theirs, { credit: 4, drain: true }, 0);
  converse(client, server);
  expect([theirs.credit, theirs.deliveryCount, sender.credit]).toEqual([0, 5, 0]);
  machine.detach(sender, 0);
  machine.end(session, 0);
  machine.close(0);
  converse(client, server);
  expect([sender.state, session.state, machine.state, server.machine.state]).toEqual(['DETACHED', 'UNMAPPED', 'END', 'END']);
  expect([client.closed, server.closed]).toEqual(['flush', 'flush']);
  expect([...client.events, ...server.events].filter(({ kind }) => kind === 'violation')).toEqual([]);
  expect(server.heard().filter(kind => kind.endsWith('-over'))).toEqual(['link-over', 'session-over']);
});

test('a server takes all that a client has to say in one write', () => {
  const it = recorded({ role: 'server' }, (event, { machine }) => acceptAll(machine, event, 0));
  const all = [
    protocolHeaders.amqp,
    openOctets,
    frame(beginOf(), 0),
    frame(attachOf('receiver'), 0),
    frame({ type: 'flow', incomingWindow: 5, nextOutgoingId: 0, outgoingWindow: 5, handle: 0, linkCredit: 7 }, 0),
    frame({ type: 'close' }),
  ];
  it.machine.receive(joined(...all), 0);
  expect(it.said()).toEqual(['header 0', '0 open', '0 begin', '0 attach', '0 close']);
  expect(it.heard()).toEqual(['header 0', 'opened', 'session-begun', 'link-attached', 'flow', 'closed', 'link-over', 'session-over']);
  expect(it.closed).toBe('flush');
});

test('an open machine has what the kit says', () => {
  expect(opened({ role: 'client' }).machine.state).toBe('OPENED');
  const { session, receiver, sender } = attached({ role: 'server' });
  expect([session.state, receiver.credit, receiver.state, sender.state]).toEqual(['MAPPED', 10, 'ATTACHED', 'ATTACHED']);
});
