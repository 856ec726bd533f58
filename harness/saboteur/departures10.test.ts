import { describe, expect, it } from 'vitest';
import { attachOf, beginOf, frame, joined, openOctets } from '../endpoint/amqp10/recorded.test-kit.ts';
import type { Performative } from '../wire/amqp10/codec.ts';
import { protocolHeaders } from '../wire/amqp10/codec.ts';
import { frameOf } from '../wire/amqp10/craft.ts';
import {
  bareClosed,
  broke10,
  closedAloud10,
  deafFrom10,
  forgiven10,
  heldOpen10,
  hungUp10,
  misconditioned,
  overlooks10,
  rescoped,
  unexplained,
  unpunished10,
} from './departures10.ts';
import type { FrameSeam10 } from './fault10.ts';
import { serverSide } from './seam.test-kit.ts';
import { performatives } from './seam10.test-kit.ts';

const error = { type: 'error', condition: 'amqp:not-found', description: 'why' } as const;
const detach: Performative = { type: 'detach', handle: 0, closed: true, error };
const end: Performative = { type: 'end', error };
const close: Performative = { type: 'close', error };
const opening = joined(protocolHeaders.amqp, openOctets, frame(beginOf(), 3), frame(attachOf('sender', { handle: 9 }), 3));
const answers = joined(
  protocolHeaders.amqp,
  openOctets,
  frame(beginOf({ remoteChannel: 3 }), 5),
  frame({ ...attachOf('receiver', { name: 'a sender', handle: 0 }) } as Performative, 5),
);

/** What the client gets of what the server says behind the attach. */
function heard(seam: FrameSeam10, performative: Performative, channel = 5) {
  const { wire, stream, client } = serverSide(seam);
  client.send(opening);
  stream.write(answers);
  stream.write(frame(performative, channel));
  stream.end();
  return { said: performatives(joined(...wire.written)).slice(3), ended: wire.ended };
}

describe('errors of the server', () => {
  it('carry another condition, or none, where scope, condition and what went before match', () => {
    expect(heard(misconditioned('amqp:not-allowed', { scope: 'detach', condition: 'amqp:not-found', about: 'attach' }), detach).said).toMatchObject([
      { error: { condition: 'amqp:not-allowed', description: 'why' } },
    ]);
    for (const match of [{ scope: 'end' }, { condition: 'amqp:internal-error' }, { about: 'transfer' }, { when: () => false }] as const)
      expect(heard(misconditioned('amqp:not-allowed', match), detach).said).toMatchObject([{ error: { condition: 'amqp:not-found' } }]);
    expect(heard(unexplained({}), end).said).toMatchObject([{ type: 'end', error: undefined }]);
  });

  it('are withheld, and the stream stays open', () => {
    expect(heard(unpunished10({ scope: 'close' }), close, 0)).toEqual({ said: [], ended: 'no' });
  });

  it('become an ordinary answer, or an end without a word', () => {
    const flow = forgiven10({}, () => ({ type: 'amqp', channel: 5, performative: { type: 'end' }, payload: new Uint8Array(0) }));
    expect(heard(flow, detach)).toMatchObject({ said: [{ type: 'end' }], ended: 'no' });
    expect(heard(bareClosed({}), close, 0)).toEqual({ said: [], ended: 'end' });
  });

  it.each([
    [detach, 'end', { type: 'end', error }],
    [detach, 'close', { type: 'close', error }],
    [end, 'detach', { type: 'detach', handle: 0, error }],
    [end, 'close', { type: 'close', error }],
    [close, 'end', { type: 'end', error }],
    [close, 'detach', { type: 'detach', handle: 0, error }],
  ] as const)('hit too much, or too little: $type as %s', (said, scope, expected) => {
    expect(heard(rescoped(scope, {}), said, said.type === 'close' ? 0 : 5).said).toMatchObject([expected]);
  });

  it('stay where they are at the scope itself, and without an error nothing is one', () => {
    expect(heard(rescoped('end', {}), end)).toMatchObject({ said: [end], ended: 'end' });
    expect(heard(unpunished10({}), { type: 'end' }).said).toMatchObject([{ type: 'end' }]);
  });
});

describe('an end without a word', () => {
  const broken = frameOf(Uint8Array.of(0x40), { channel: 3 });
  const isBroken = broke10('amqp10/2.3.2.performative');
  const ended = (seam: FrameSeam10, ...written: Uint8Array[]) => {
    const { wire, stream, client } = serverSide(seam);
    client.send(opening, broken);
    for (const each of written) stream.write(each);
    stream.end();
    return { said: performatives(joined(...wire.written)).map(({ type }) => type), ended: wire.ended };
  };

  it('is kept from the client, or announced', () => {
    expect(ended(heldOpen10(isBroken))).toEqual({ said: [], ended: 'no' });
    expect(ended(closedAloud10(isBroken, frame(close)))).toEqual({ said: ['close'], ended: 'end' });
  });

  it('stays as it is for another cause, and behind a close that was said', () => {
    expect(ended(heldOpen10(broke10('amqp10/2.3.1.doff')))).toEqual({ said: [], ended: 'end' });
    expect(
      ended(
        heldOpen10(() => true),
        frame(close),
      ),
    ).toEqual({ said: ['close'], ended: 'end' });
  });
});

describe('what the client does wrong', () => {
  const broken = frameOf(Uint8Array.of(0x40), { channel: 3 });
  const behind = frame({ type: 'end' }, 3);

  it('never arrives, makes the server deaf, or makes it hang up', async () => {
    const lost = serverSide(overlooks10('amqp10/2.3.2.performative'));
    lost.client.send(opening, broken, behind);
    expect(joined(...lost.server.received)).toEqual(joined(opening, behind));
    const deaf = serverSide(deafFrom10(seen => seen.what === 'broken'));
    deaf.client.send(opening, broken, behind);
    expect(joined(...deaf.server.received)).toEqual(opening);
    const over = serverSide(hungUp10('amqp:decode-error', seen => seen.what === 'broken'));
    over.client.send(opening, broken, behind);
    await Promise.resolve();
    expect(performatives(joined(...over.wire.written))).toMatchObject([{ type: 'close', error: { condition: 'amqp:decode-error' } }]);
    expect([over.wire.ended, over.server.ends]).toEqual(['end', ['eof']]);
  });
});
