import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AmqpFlow, AmqpTransfer, Performative } from '../../wire/amqp10/codec.ts';
import { acceptAll, anonymous, attached, converse, frame, joined, recorded } from './recorded.test-kit.ts';
import { serialDistance, serialPlus } from './serial.ts';

const flow = (fields: object = {}): Performative => ({
  type: 'flow',
  nextIncomingId: 0,
  incomingWindow: 100,
  nextOutgoingId: 0,
  outgoingWindow: 100,
  ...fields,
});
const octets = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at);
const transfersIn = (all: readonly Performative[]): readonly AmqpTransfer[] => all.flatMap(each => (each.type === 'transfer' ? [each] : []));
const flowsIn = (all: readonly Performative[]): readonly AmqpFlow[] => all.flatMap(each => (each.type === 'flow' ? [each] : []));

describe('serial numbers', () => {
  test('wrap around, and compare by the shorter way', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: -0x7fffffff, max: 0x7fffffff }), (from, by) => {
        expect(serialDistance(from, serialPlus(from, by))).toBe(by);
      }),
    );
    expect([serialPlus(0xffffffff, 1), serialPlus(0, -1), serialDistance(0xfffffffe, 1), serialDistance(1, 0xfffffffe)]).toEqual([0, 0xffffffff, 3, -3]);
  });
});

describe('a window', () => {
  test('that is used up holds deliveries back, and lets them go in order', () => {
    const it = attached({ role: 'server' });
    const { session, sender: link } = it;
    it.machine.receive(frame(flow({ handle: 1, deliveryCount: 0, linkCredit: 10, incomingWindow: 2 }), 1), 0);
    const ids = [1, 2, 3, 4].map(tag => it.machine.deliver(link, { tag: Uint8Array.of(tag), payload: octets(tag) }, 0));
    expect(ids).toEqual([0, 1, 2, 3]);
    expect(transfersIn(it.performatives()).map(({ deliveryId }) => deliveryId)).toEqual([0, 1]);
    expect([session.remoteIncomingWindow, session.nextOutgoingId, session.queued > 0]).toEqual([0, 2, true]);
    it.machine.receive(frame(flow({ nextIncomingId: 1, incomingWindow: 2 }), 1), 0);
    expect(transfersIn(it.performatives()).map(({ deliveryId }) => deliveryId)).toEqual([2]);
    it.machine.receive(frame(flow({ nextIncomingId: 3, incomingWindow: 9 }), 1), 0);
    expect(transfersIn(it.performatives()).map(({ deliveryId }) => deliveryId)).toEqual([3]);
    expect(session.queued).toBe(0);
  });

  test('that holds back a flow too has it say what was so when it was asked for', () => {
    const it = attached({ role: 'server' });
    const { sender: link } = it;
    it.machine.receive(frame(flow({ handle: 1, deliveryCount: 0, linkCredit: 10, incomingWindow: 1 }), 1), 0);
    const deliver = (tag: number) => it.machine.deliver(link, { tag: Uint8Array.of(tag), payload: octets(tag) }, 0);
    deliver(1);
    deliver(2);
    it.machine.flow(link, 0);
    deliver(3);
    it.octets();
    it.machine.receive(frame(flow({ nextIncomingId: 1, incomingWindow: 9 }), 1), 0);
    expect(it.performatives()).toMatchObject([
      { type: 'transfer', deliveryId: 1 },
      { type: 'flow', deliveryCount: 2, linkCredit: 8 },
      { type: 'transfer', deliveryId: 2 },
    ]);
    expect([link.deliveryCount, link.credit]).toEqual([3, 7]);
  });

  test('counts over the end of the numbers', () => {
    const start = 0xfffffffd;
    const server = recorded({ role: 'server', sasl: anonymous.server }, (event, { machine }) => {
      if (event.kind === 'session-begun') machine.accept(event.session, 0, { nextOutgoingId: start, incomingWindow: 4 });
      else acceptAll(machine, event, 50);
    });
    const client = recorded({ role: 'client', sasl: anonymous.client });
    client.machine.start(0);
    client.machine.open(0);
    converse(client, server);
    const session = client.machine.begin(0, { nextOutgoingId: start, incomingWindow: 4 });
    const sender = client.machine.attach(session, { name: 's', role: 'sender', initialDeliveryCount: start }, 0);
    converse(client, server);
    for (let tag = 0; tag < 20; tag += 1) expect(client.machine.deliver(sender, { tag: Uint8Array.of(tag), payload: octets(5) }, 0)).toBe(tag);
    converse(client, server);
    const deliveries = server.events.flatMap(event => (event.kind === 'delivery' ? [event] : []));
    expect(deliveries.map(({ delivery }) => delivery.deliveryId)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect([session.nextOutgoingId, sender.deliveryCount, sender.credit]).toEqual([17, 17, 30]);
    expect([deliveries[0]?.link.deliveryCount, deliveries[0]?.link.credit, deliveries[0]?.link.session.nextIncomingId]).toEqual([17, 30, 17]);
    expect([...client.events, ...server.events].filter(({ kind }) => kind === 'violation')).toEqual([]);
  });

  test('that the peer overruns ends the session', () => {
    const it = attached({ role: 'server', automatic: { window: false } });
    it.machine.flow(it.session, 0, { incomingWindow: 1 });
    it.octets();
    const part: Performative = { type: 'transfer', handle: 0, deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0, more: true };
    it.machine.receive(joined(frame(part, 1), frame(part, 1)), 0);
    expect(it.said()).toEqual(['0 end amqp:session:window-violation']);
  });
});

describe('credit', () => {
  const step = fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('grant' as const), credit: fc.nat(3), drain: fc.constantFrom(false, false, true) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('room' as const), frames: fc.nat(4) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), size: fc.nat(1500) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('exchange' as const), cut: fc.integer({ min: 1, max: 900 }) }) },
  );

  test('is never overdrawn, every delivery comes whole and in order, and a drain always ends', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 10, maxLength: 50, size: 'max' }),
        fc.constantFrom(1, 3, 2048),
        fc.nat(0xffffffff),
        (steps, incomingWindow, initialDeliveryCount) => {
          const server = recorded({ role: 'server', open: { containerId: 's', maxFrameSize: 512 }, automatic: { window: false } }, (event, { machine }) => {
            if (event.kind === 'session-begun') machine.accept(event.session, 0, { incomingWindow });
            else acceptAll(machine, event, 0);
          });
          const client = recorded({ role: 'client' });
          client.machine.start(0);
          client.machine.open(0);
          converse(client, server);
          const sender = client.machine.attach(client.machine.begin(0), { name: 's', role: 'sender', initialDeliveryCount }, 0);
          converse(client, server);
          const receiver = server.events.flatMap(event => (event.kind === 'link-attached' ? [event.link] : []))[0];
          if (receiver === undefined) throw new Error('not attached');
          const sent: number[] = [];
          for (const each of steps) {
            if (each.kind === 'grant') server.machine.grant(receiver, each, 0);
            else if (each.kind === 'room') server.machine.flow(receiver.session, 0, { incomingWindow: Math.max(each.frames, receiver.session.incomingWindow) });
            else if (each.kind === 'exchange') converse(client, server, 0, each.cut);
            else if (client.machine.deliver(sender, { tag: Uint8Array.of(sent.length), payload: octets(each.size) }, 0) !== undefined) sent.push(each.size);
          }
          converse(client, server);
          server.machine.flow(receiver.session, 0, { incomingWindow: 4000 });
          converse(client, server);
          server.machine.grant(receiver, { credit: 3, drain: true }, 0);
          converse(client, server);
          expect([...client.events, ...server.events].flatMap(event => (event.kind === 'violation' ? [event.violation] : []))).toEqual([]);
          expect([receiver.credit, sender.credit]).toEqual([0, 0]);
          expect(receiver.deliveryCount).toBe(sender.deliveryCount);
          const came = server.events.flatMap(event => (event.kind === 'delivery' ? [Buffer.concat(event.delivery.payload)] : []));
          expect(came).toEqual(sent.map(size => Buffer.from(octets(size))));
          expect([...client.events, ...server.events].flatMap(event => (event.kind === 'violation' ? [event.violation] : []))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is asked about with echo, and told unless the user did', () => {
    const it = attached({ role: 'server' });
    it.machine.receive(frame(flow({ handle: 1, deliveryCount: 0, linkCredit: 3, echo: true }), 1), 0);
    expect(flowsIn(it.performatives())).toMatchObject([{ handle: it.sender.handle, linkCredit: 3, deliveryCount: 0 }]);
    it.machine.receive(frame(flow({ echo: true }), 1), 0);
    expect(flowsIn(it.performatives()).map(({ handle }) => handle)).toEqual([undefined]);
  });

  test('that was taken back may still be under way', () => {
    const it = attached({ role: 'server' }, 3);
    it.machine.grant(it.receiver, { credit: 0 }, 0);
    const transfers = [0, 1, 2, 3].map(id => frame({ type: 'transfer', handle: 0, deliveryId: id, deliveryTag: Uint8Array.of(id), messageFormat: 0 }, 1));
    it.machine.receive(joined(...transfers), 0);
    expect(it.heard().filter(kind => kind !== 'link-over')).toEqual(['delivery', 'delivery', 'delivery', 'violation amqp10/2.6.7.transfer-limit']);
  });
});

describe('deliveries', () => {
  test('that are aborted are told as such, and take no room', () => {
    const it = attached({ role: 'server' });
    const first: Performative = { type: 'transfer', handle: 0, deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0, more: true };
    it.machine.receive(joined(frame(first, 1, octets(9)), frame({ type: 'transfer', handle: 0, aborted: true }, 1, octets(9))), 0);
    expect(it.heard()).toEqual(['delivery-aborted']);
    it.machine.receive(frame({ ...first, deliveryId: 1, more: false } as Performative, 1, octets(3)), 0);
    expect(it.events.find(({ kind }) => kind === 'delivery')).toMatchObject({ delivery: { deliveryId: 1, size: 3 } });
  });

  test('are settled in ranges without gaps, and told to the other side by their links', () => {
    const it = attached({ role: 'server' });
    const transfers = [0, 1, 2, 5, 6].map(id => frame({ type: 'transfer', handle: 0, deliveryId: id, deliveryTag: Uint8Array.of(id), messageFormat: 0 }, 1));
    it.machine.receive(joined(...transfers), 0);
    expect([...it.receiver.unsettled].map(({ deliveryId }) => deliveryId)).toEqual([0, 1, 2, 5, 6]);
    it.machine.settle(it.receiver, [6, 0, 1, 5], { settled: true, state: { type: 'accepted' } }, 0);
    expect(it.performatives()).toMatchObject([
      { role: 'receiver', first: 0, last: 1, settled: true },
      { first: 5, last: 6 },
    ]);
    expect([...it.receiver.unsettled].map(({ deliveryId }) => deliveryId)).toEqual([2]);
    it.machine.receive(frame({ type: 'disposition', role: 'sender', first: 0, last: 0x7fffffff, settled: true }, 1), 0);
    expect(it.events.at(-1)).toMatchObject({ kind: 'disposition', deliveries: [{ deliveryId: 2 }] });
    expect([...it.receiver.unsettled]).toEqual([]);
  });

  test('on a session that nobody settles are bounded', () => {
    const it = attached({ role: 'server', bounds: { unsettledMax: 2 } });
    const transfers = [0, 1, 2].map(id => frame({ type: 'transfer', handle: 0, deliveryId: id, deliveryTag: Uint8Array.of(id), messageFormat: 0 }, 1));
    it.machine.receive(joined(...transfers), 0);
    expect(it.said()).toEqual(['0 end amqp:resource-limit-exceeded']);
  });

  test('that have begun are bounded over all links', () => {
    const it = attached({ role: 'server', bounds: { partialMax: 400 } });
    const first: Performative = { type: 'transfer', handle: 0, deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0, more: true };
    for (let times = 0; times < 9; times += 1) it.machine.receive(frame(first, 1, octets(1)), 0);
    expect(it.said().at(-1)).toBe('0 close amqp:resource-limit-exceeded');
  });
});
