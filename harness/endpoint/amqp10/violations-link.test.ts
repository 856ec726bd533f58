import { describe, expect, test } from 'vitest';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import { acceptAll, attached, attachOf, beginOf, flowOf, frame, joined, openOctets, type Recorded, recorded, transferOf } from './recorded.test-kit.ts';
import type { LinkEndpoint } from './vocabulary.ts';

const payload = new Uint8Array(10);

/** What breaks a word of the standard and can be taken all the same. */
describe.each([true, false])('a server (raising: %s) tells of and takes', raise => {
  const broken = (it: Recorded) => it.events.flatMap(event => (event.kind === 'violation' ? [[event.violation.rule, event.answer.kind, event.scope]] : []));

  test('a delivery whose number is not the next', () => {
    const it = attached({ role: 'server', automatic: { raise } });
    const deliveries = [7, 8, 10, 9].map(id => frame(transferOf({ deliveryId: id, deliveryTag: Uint8Array.of(id) }), 1));
    it.machine.receive(joined(...deliveries), 0);
    const told = ['amqp10/2.6.12.delivery-ids', 'borne', 'link'];
    expect(broken(it)).toEqual([told, told]);
    expect([...it.receiver.unsettled].map(({ deliveryId }) => deliveryId)).toEqual([7, 8, 10, 9]);
    expect(it.said()).toEqual([]);
  });

  test('the state received where nothing is resumed', () => {
    const it = attached({ role: 'server', automatic: { raise } });
    it.machine.receive(frame(transferOf({ state: { type: 'received', sectionNumber: 0, sectionOffset: 0n } }), 1), 0);
    expect(broken(it)).toEqual([['amqp10/3.4.1.received-only-resuming', 'borne', 'link']]);
    expect(it.events.at(-1)).toMatchObject({ kind: 'delivery', delivery: { deliveryId: 0 } });
  });

  test('a flow of a receiver that knows a delivery-count before our attach', () => {
    const it = recorded({ role: 'server', automatic: { raise } }, ({ kind }, { machine }) => kind === 'opened' && machine.open(0));
    const early = flowOf({ nextIncomingId: undefined, handle: 1, deliveryCount: 0, linkCredit: 3 });
    it.machine.receive(joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 1), frame(attachOf('receiver', { handle: 1 }), 1), frame(early, 1)), 0);
    expect(broken(it)).toEqual([['amqp10/2.7.4.receiver-early', 'borne', 'link']]);
    expect(it.heard().at(-1)).toBe('flow');
  });

  test('a flow with next-incoming-id before our begin', () => {
    const it = recorded({ role: 'server', automatic: { raise } }, ({ kind }, { machine }) => kind === 'opened' && machine.open(0));
    it.machine.receive(joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 1), frame(flowOf(), 1)), 0);
    expect(broken(it)).toEqual([['amqp10/2.7.4.next-incoming-id', 'borne', 'session']]);
    expect(it.heard().at(-1)).toBe('flow');
  });
});

describe('what is no breach', () => {
  const violations = (it: Recorded) => it.heard().filter(kind => kind.startsWith('violation'));

  test('a flow without next-incoming-id of a peer that may not have got our begin', () => {
    const it = attached({ role: 'server' });
    it.machine.receive(frame(flowOf({ nextIncomingId: undefined }), 1), 0);
    expect(violations(it)).toEqual([]);
  });

  test('numbers that went with deliveries of a link that was detached', () => {
    const it = attached({ role: 'server' });
    const other = attachOf('sender', { name: 'other', handle: 3 });
    const after = [4, 6].map(id => frame(transferOf({ handle: 3, deliveryId: id, deliveryTag: Uint8Array.of(id) }), 1));
    it.machine.receive(joined(frame(other, 1), frame(transferOf(), 1), frame({ type: 'detach', handle: 0 }, 1), ...after), 0);
    expect(violations(it)).toEqual([]);
  });

  test('a delivery on a link of mode settled that is settled by its last transfer, or aborted', () => {
    const it = attached({ role: 'server' });
    const attach = frame(attachOf('sender', { handle: 5, name: 'n', sndSettleMode: 'settled' }), 1);
    const more = (id: number) => frame(transferOf({ handle: 5, deliveryId: id, deliveryTag: Uint8Array.of(id), more: true }), 1);
    const last = frame({ type: 'transfer', handle: 5, settled: true }, 1);
    it.machine.receive(joined(attach, more(0), last, more(1), frame({ type: 'transfer', handle: 5, aborted: true }, 1)), 0);
    expect(it.heard()).toEqual(['link-attached', 'delivery', 'delivery-aborted']);
  });

  test('a resumed delivery that is settled on a link of mode unsettled', () => {
    const it = attached({ role: 'server' });
    const attach = frame(attachOf('sender', { handle: 5, name: 'n', sndSettleMode: 'unsettled' }), 1);
    it.machine.receive(joined(attach, frame(transferOf({ handle: 5, settled: true, resume: true, state: { type: 'accepted' } }), 1)), 0);
    expect(it.heard()).toEqual(['link-attached', 'delivery']);
  });
});

describe('a link whose unsettled map was incomplete', () => {
  test('as we told it, takes what is resumed and nothing new', () => {
    const it = recorded({ role: 'server' }, (event, { machine }) => {
      if (event.kind === 'link-attached') machine.acceptLink(event.link, 0, { unsettled: [], incompleteUnsettled: true });
      else acceptAll(machine, event, 0);
      if (event.kind === 'link-attached') machine.grant(event.link, { credit: 5 }, 0);
    });
    it.machine.receive(joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 1), frame(attachOf('sender'), 1)), 0);
    it.octets();
    it.heard();
    it.machine.receive(joined(frame(transferOf({ resume: true }), 1), frame(transferOf({ deliveryId: 1, deliveryTag: Uint8Array.of(2) }), 1)), 0);
    expect(it.heard()).toEqual(['delivery', 'violation amqp10/2.7.3.incomplete-new', 'link-over']);
    expect(it.said()).toEqual(['0 detach amqp:not-allowed']);
  });

  test('as the peer told it, is sent what is resumed and nothing new', () => {
    const it = attached({ role: 'server' });
    it.machine.receive(frame(attachOf('receiver', { handle: 4, name: 'n', unsettled: [], incompleteUnsettled: true }), 1), 0);
    it.machine.receive(frame(flowOf({ handle: 4, deliveryCount: 0, linkCredit: 5 }), 1), 0);
    const link = [...it.session.links].find(({ name }) => name === 'n') as LinkEndpoint;
    const delivery = { tag: Uint8Array.of(1), payload };
    expect([it.machine.deliver(link, delivery, 0), it.machine.deliver(link, { ...delivery, resume: true }, 0)]).toEqual([undefined, 0]);
    expect(link.credit).toBe(4);
  });
});

describe('a link that we detached with an error', () => {
  const refused = (): Recorded => {
    const it = attached({ role: 'server' });
    it.machine.detach(it.receiver, 0, { error: { type: 'error', condition: 'amqp:not-found' } });
    it.octets();
    it.heard();
    return it;
  };

  test.each([
    ['a transfer', transferOf(), '2.6.5.errant-link'],
    ['a flow', flowOf({ handle: 0, deliveryCount: 0 }), '2.6.5.errant-link'],
    ['an attach anew', attachOf('sender', { handle: 4 }), '2.6.5.pipelined-attach'],
  ])('is sent %s', (_, what, rule) => {
    const it = refused();
    it.machine.receive(frame(what, 1), 0);
    expect(it.heard()[0]).toBe(`violation amqp10/${rule}`);
    expect(it.said()).toEqual(['0 end amqp:session:errant-link']);
  });

  const withUnsettled = (raise: boolean) => {
    const it = attached({ role: 'server', automatic: { raise } });
    it.machine.receive(frame(transferOf(), 1), 0);
    it.machine.detach(it.receiver, 0, { error: { type: 'error', condition: 'amqp:not-found' } });
    it.octets();
    it.heard();
    it.machine.receive(frame({ type: 'disposition', role: 'sender', first: 0, settled: true }, 1), 0);
    return it;
  };

  test('is meant by a disposition of its deliveries', () => {
    const it = withUnsettled(true);
    expect(it.heard()[0]).toBe('violation amqp10/2.6.5.errant-link');
    expect(it.said()).toEqual(['0 end amqp:session:errant-link']);
  });

  test('is no fault of a peer that cannot know yet, where nothing is raised', () => {
    expect(withUnsettled(false).heard()).toEqual(['disposition']);
  });

  test('is let go by the detach of the peer, and may be attached anew', () => {
    const it = refused();
    it.machine.receive(joined(frame({ type: 'detach', handle: 0, closed: true }, 1), frame(attachOf('sender'), 1)), 0);
    expect(it.heard()).toEqual(['link-detached', 'link-attached']);
  });

  test('is discarded where the answers say so', () => {
    const it = attached({ role: 'server', answers: { 'amqp10/2.6.5.errant-link': { kind: 'discarded', reading: 'practice' } } });
    it.machine.detach(it.receiver, 0, { error: { type: 'error', condition: 'amqp:not-found' } });
    it.octets();
    it.machine.receive(frame(transferOf(), 1), 0);
    expect([it.said(), it.session.state]).toEqual([[], 'MAPPED']);
  });
});
