import { describe, expect, test } from 'vitest';
import { type DeliveryState, decodeFrame, type Performative } from '../../wire/amqp10/codec.ts';
import { attached, attachOf, frame } from './recorded.test-kit.ts';
import { resumption, type UnsettledEntry, unsettledEntries, unsettledMap } from './unsettled.ts';

const entry = (tag: number, state?: DeliveryState): UnsettledEntry => ({ tag: Uint8Array.of(tag), state });
const accepted: DeliveryState = { type: 'accepted' };

/** An unsettled field as the other side reads it. */
function overTheWire(entries: readonly UnsettledEntry[]): readonly UnsettledEntry[] | undefined {
  const decoded = decodeFrame(frame(attachOf('sender', { unsettled: unsettledMap(entries) })));
  if (decoded.kind !== 'value' || decoded.value.type !== 'amqp') throw new Error(decoded.kind);
  const attach = decoded.value.performative;
  return attach?.type === 'attach' ? unsettledEntries(attach.unsettled) : undefined;
}

describe('a map of unsettled deliveries', () => {
  test('tells tags and states', () => {
    const received: DeliveryState = { type: 'received', sectionNumber: 1, sectionOffset: 7n };
    const read = overTheWire([entry(1), entry(2, accepted), entry(3, received)]);
    expect(read?.map(({ tag }) => Buffer.from(tag).toString('hex'))).toEqual(['01', '02', '03']);
    expect(read?.map(({ state }) => state)).toMatchObject([undefined, accepted, received]);
  });

  test('that is empty is still one, and none is none', () => {
    expect([overTheWire([]), unsettledEntries(undefined)]).toEqual([[], undefined]);
  });

  test('of either end are compared in the three ways of 2.6.13', () => {
    const found = resumption([entry(1), entry(2, accepted)], [entry(2), entry(3)]);
    expect(found.resume).toEqual([{ tag: Uint8Array.of(2), local: accepted, remote: undefined }]);
    expect(found.onlySender).toEqual([entry(1)]);
    expect(found.onlyReceiver).toEqual([entry(3)]);
  });
});

describe('a link that is resumed', () => {
  test('tells what the peer holds, and is answered with what we hold', () => {
    const it = attached({ role: 'server' });
    const transfer: Performative = { type: 'transfer', handle: 0, deliveryId: 0, deliveryTag: Uint8Array.of(9), messageFormat: 0 };
    it.machine.receive(frame(transfer, 1), 0);
    const kept = [...it.receiver.unsettled].map(({ tag, localState }) => ({ tag, state: localState }));
    it.machine.receive(frame({ type: 'detach', handle: 0 }, 1), 0);
    it.events.length = 0;
    it.machine.receive(frame(attachOf('sender', { unsettled: unsettledMap([entry(9)]) }), 1), 0);
    const again = it.events.find(event => event.kind === 'link-attached');
    if (again?.kind !== 'link-attached') throw new Error('not attached');
    expect(again.link).not.toBe(it.receiver);
    const theirs = unsettledEntries(again.attach.unsettled) ?? [];
    expect(resumption(theirs, kept).resume.map(({ tag }) => [...tag])).toEqual([[9]]);
    it.machine.grant(again.link, { credit: 1 }, 0);
    it.machine.receive(frame({ ...transfer, deliveryId: 1, resume: true } as Performative, 1), 0);
    expect(it.events.at(-1)).toMatchObject({ kind: 'delivery', delivery: { deliveryId: 1, resume: true } });
  });
});
