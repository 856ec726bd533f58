import { describe, expect, test } from 'vitest';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import { attachOf, beginOf, frame, joined, type Recorded, recorded } from './recorded.test-kit.ts';

/** A server that answers every begin and attach, to a client that opens so and begins one session so. */
function serving(open: object, begin: object): Recorded {
  const it = recorded({ role: 'server' }, (event, { machine }) => {
    if (event.kind === 'opened') machine.open(0);
    if (event.kind === 'session-begun') machine.accept(event.session, 0);
    if (event.kind === 'link-attached') machine.acceptLink(event.link, 0);
  });
  it.machine.receive(joined(protocolHeaders.amqp, frame({ type: 'open', containerId: 'peer', ...open }), frame(beginOf(begin))), 0);
  it.said();
  return it;
}

describe('a peer whose limits leave no way to answer it', () => {
  test('is told so by close, where it begins more sessions than its channel-max lets us answer', () => {
    const it = serving({ channelMax: 0 }, {});
    it.machine.receive(frame(beginOf(), 1), 0);
    expect(it.said()).toEqual(['0 close amqp:resource-limit-exceeded']);
  });

  test('is told so by end, where it attaches more links than its handle-max lets us answer', () => {
    const it = serving({}, { handleMax: 0 });
    it.machine.receive(joined(frame(attachOf('sender')), frame(attachOf('receiver', { handle: 1 }))), 0);
    expect(it.said()).toEqual(['0 attach', '0 end amqp:resource-limit-exceeded']);
  });

  test('is answered as long as there is one left', () => {
    const it = serving({ channelMax: 1 }, { handleMax: 0 });
    it.machine.receive(joined(frame(beginOf(), 1), frame(attachOf('sender'), 1)), 0);
    expect(it.said()).toEqual(['1 begin', '1 attach']);
  });
});
