import { describe, expect, test } from 'vitest';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import { acceptAll, attachOf, beginOf, frame, joined, type Recorded, recorded } from './recorded.test-kit.ts';
import type { LinkEndpoint } from './vocabulary.ts';

const stolenError = { type: 'error', condition: 'amqp:link:stolen' } as const;
const links = (it: Recorded) => it.events.flatMap(event => (event.kind === 'link-attached' ? [event] : []));
const sessions = joined(frame(beginOf(), 1), frame(beginOf(), 2));

/** A server that gives a link to whoever attaches it last. */
function giving(): Recorded {
  return recorded({ role: 'server' }, (event, { machine }) => {
    if (event.kind === 'link-attached' && event.steals !== undefined) machine.detach(event.steals, 0, { error: stolenError });
    acceptAll(machine, event, 0);
  });
}

describe('an attach of a name that is attached', () => {
  test.each([
    ['in another session', 2],
    ['in the same one', 1],
  ])('%s steals the link', (_, channel) => {
    const it = giving();
    it.machine.receive(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'peer' }), sessions, frame(attachOf('sender'), 1)), 0);
    it.octets();
    it.machine.receive(frame(attachOf('sender', { handle: 4 }), channel), 0);
    const [older, newer] = links(it);
    expect([older?.steals, newer?.steals]).toEqual([undefined, older?.link]);
    expect(it.said()).toEqual(['0 detach amqp:link:stolen', `${channel - 1} attach`]);
    it.machine.receive(joined(frame({ type: 'detach', handle: 0, closed: true }, 1), frame({ type: 'detach', handle: 4, closed: true }, channel)), 0);
    expect([older?.link.state, newer?.link.state, it.said()]).toEqual(['DETACHED', 'DETACHED', [`${channel - 1} detach`]]);
    expect(it.heard().filter(kind => kind.startsWith('violation'))).toEqual([]);
  });

  test('before that was answered is answered in order', () => {
    const late: LinkEndpoint[] = [];
    const slow = recorded({ role: 'server' }, (event, { machine }) => {
      if (event.kind === 'link-attached') late.push(event.link);
      else acceptAll(machine, event, 0);
    });
    const attaches = joined(frame(attachOf('sender'), 1), frame(attachOf('sender', { handle: 4 }), 1));
    slow.machine.receive(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'peer' }), sessions, attaches), 0);
    slow.octets();
    const [older, newer] = late as [LinkEndpoint, LinkEndpoint];
    slow.machine.refuseLink(older, stolenError, 0);
    slow.machine.acceptLink(newer, 0);
    expect(slow.said()).toEqual(['0 attach', '0 detach amqp:link:stolen', '0 attach']);
    expect([older.state, newer.state]).toEqual(['DISCARDING', 'ATTACHED']);
  });

  test.each([
    ['in the other direction', attachOf('receiver', { name: 'a sender', handle: 4 })],
    ['of another name', attachOf('sender', { name: 'other', handle: 4 })],
  ])('%s steals nothing', (_, attach) => {
    const it = giving();
    it.machine.receive(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'peer' }), sessions, frame(attachOf('sender'), 1), frame(attach, 2)), 0);
    expect(links(it).map(({ steals }) => steals)).toEqual([undefined, undefined]);
  });

  test('and was detached, or whose session has ended, steals nothing', () => {
    const it = giving();
    const open = joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'peer' }), sessions);
    const twice = joined(frame(attachOf('sender'), 1), frame({ type: 'detach', handle: 0 }, 1), frame(attachOf('sender'), 1));
    it.machine.receive(joined(open, twice, frame({ type: 'end' }, 1), frame(attachOf('sender'), 2)), 0);
    expect(links(it).map(({ steals }) => steals)).toEqual([undefined, undefined, undefined]);
  });
});
