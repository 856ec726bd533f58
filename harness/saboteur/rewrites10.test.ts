import { describe, expect, it } from 'vitest';
import { attachOf, beginOf, frame, joined, openOctets } from '../endpoint/amqp10/recorded.test-kit.ts';
import { decodeMessage, encodeMessage, isViolation, protocolHeaders } from '../wire/amqp10/codec.ts';
import { valueAs } from '../wire/amqp10/craft.ts';
import type { FrameSeam10 } from './fault10.ts';
import { delivered10, published10 } from './messages10.ts';
import { refusedConnection, refusedLink, refusedSession } from './refusals10.ts';
import { answer10, either10, linkOf, passing10, remembering10, request10 } from './rewrites10.ts';
import { serverSide } from './seam.test-kit.ts';
import { frames, large, message, performatives, story, those } from './seam10.test-kit.ts';

const atClient = (seam: FrameSeam10) => story(seam).heard('client');
const atServer = (seam: FrameSeam10) => story(seam).heard('server');
const isLarge = (payload: Uint8Array) => payload.length > 1000;

describe('a rewritten performative', () => {
  it('arrives with other fields, and nothing else changes', () => {
    const whole = story(request10('attach', draft => draft.fields.role === 'sender' && draft.with({ sndSettleMode: 'settled' })));
    expect(those(whole.heard('server'), 'attach').map(({ name, sndSettleMode }) => [name, sndSettleMode])).toEqual([
      ['s', 'settled'],
      ['r', undefined],
    ]);
    expect(those(whole.sent.client, 'attach')[0]?.sndSettleMode).toBeUndefined();
    const [attach] = those(whole.heard('server'), 'attach');
    expect({ ...attach, sndSettleMode: undefined }).toEqual({ ...those(whole.sent.client, 'attach')[0], sndSettleMode: undefined });
  });

  it('is an answer likewise: window, channel, handle and id are not what the server said', () => {
    const begin = answer10('begin', draft => draft.with({ incomingWindow: 0, remoteChannel: 9 }));
    expect(those(atClient(begin), 'begin')).toMatchObject([{ incomingWindow: 0, remoteChannel: 9 }]);
    const flow = answer10('flow', (draft, at) => linkOf(draft, at)?.name === 's' && draft.with({ linkCredit: 1000, deliveryCount: 77 }));
    expect(those(atClient(flow), 'flow').some(({ linkCredit, deliveryCount }) => linkCredit === 1000 && deliveryCount === 77)).toBe(true);
    expect(
      frames(atClient(answer10('begin', draft => draft.on(40)))).flatMap(each =>
        each.type === 'amqp' && each.channel === 40 ? [each.performative?.type] : [],
      ),
    ).toEqual(['begin']);
  });

  it('never arrives, comes twice, comes with others, or is something else', () => {
    const count = (seam: FrameSeam10) =>
      performatives(atClient(seam))
        .filter(({ type }) => type === 'begin' || type === 'end')
        .map(({ type }) => type);
    expect(count(answer10('begin', draft => draft.swallowed()))).not.toContain('begin');
    expect(count(answer10('begin', draft => draft.twice())).slice(0, 2)).toEqual(['begin', 'begin']);
    expect(count(answer10('begin', draft => draft.followedBy({ type: 'end' }))).slice(0, 2)).toEqual(['begin', 'end']);
    expect(count(answer10('begin', draft => draft.precededBy({ type: 'end' }))).slice(0, 2)).toEqual(['end', 'begin']);
    expect(count(answer10('begin', draft => draft.replaced({ type: 'end' })))[0]).toBe('end');
  });

  it('is in a form that no encoder makes', () => {
    const whole = story(answer10('open', draft => draft.as({ fields: { maxFrameSize: valueAs({ type: 'ulong', value: 600n }, 'ulong') } })));
    expect(whole.client.events.flatMap(event => (event.kind === 'violation' ? [event.violation.rule] : []))).toContain('amqp10/1.4.field-type');
    const lacking = story(answer10('open', draft => draft.lacking('containerId')));
    expect(lacking.client.events.flatMap(event => (event.kind === 'violation' ? [event.violation.rule] : []))).toContain('amqp10/1.3.4.mandatory');
  });

  it('is answered on the way, and never arrives', () => {
    const whole = story(request10('open', draft => draft.answered({ type: 'open', containerId: 'the seam' })));
    expect(those(whole.heard('client'), 'open')[0]).toMatchObject({ containerId: 'the seam' });
    expect(those(whole.heard('server'), 'open')).toEqual([]);
  });

  it('ends the stream', () => {
    const whole = story(request10('begin', draft => draft.cut()));
    expect(whole.wire.ended).toBe('destroy');
    expect(those(whole.heard('server'), 'begin')).toEqual([]);
  });
});

describe('what is in no performative', () => {
  it('is a SASL frame', () => {
    const whole = story(answer10('sasl-outcome', draft => draft.with({ code: 'auth' })));
    expect(frames(whole.heard('client')).some(each => each.type === 'sasl' && each.body.type === 'sasl-outcome' && each.body.code === 'auth')).toBe(true);
    expect(performatives(whole.heard('client'))).toEqual([]);
    const init = story(request10('sasl-init', draft => draft.with({ mechanism: 'NONE' })));
    expect(init.server.events.some(({ kind }) => kind === 'authentication-failed' || kind === 'violation')).toBe(true);
  });

  it('is a protocol header', () => {
    const other = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 3, 1, 1, 0);
    const whole = story(passing10('to-client', 'header', ({ bytes }) => bytes[4] === 3 && { send: [other] }));
    expect(whole.heard('client').subarray(0, 8)).toEqual(other);
  });
});

describe('a whole message', () => {
  it('reaches the server with another header, another section, and other transfers', () => {
    const found = (seam: FrameSeam10) => story(seam).server.events.flatMap(event => (event.kind === 'delivery' ? [event.delivery] : []));
    const plain = found(published10(each => each.transfers > 1 && each.carrying(Uint8Array.of(1, 2))));
    expect(plain.map(({ size }) => size)).toEqual([message.length, 2]);
    const [delivery] = found(published10(each => each.refielded('header', { priority: 9 })));
    const read = decodeMessage(new Uint8Array(Buffer.concat(delivery?.payload ?? [])));
    expect(!isViolation(read) && [read.header?.priority, read.header?.durable, read.properties?.subject]).toEqual([9, undefined, 'greeting']);
    expect(found(published10(each => each.with({ settled: true }))).map(({ settled }) => settled)).toEqual([true, true]);
  });

  it('reaches the client without a section, changed by an octet, in larger or fewer frames', () => {
    const found = (seam: FrameSeam10) =>
      story(seam).client.events.flatMap(event => (event.kind === 'delivery' ? [new Uint8Array(Buffer.concat(event.delivery.payload))] : []));
    const [bare] = found(delivered10(each => each.resectioned((name, octets) => (name === 'header' ? undefined : octets))));
    expect(bare).toEqual(message.subarray(message.length - (bare?.length ?? 0)));
    expect(bare?.length).toBeLessThan(message.length);
    const altered = found(
      delivered10(each =>
        each.resectioned((name, octets) => (name === 'data' ? Uint8Array.from(octets, (octet, at) => (at === octets.length - 1 ? octet ^ 1 : octet)) : octets)),
      ),
    );
    expect(altered.map(each => each.length)).toEqual([message.length, large.length]);
    expect(altered[0]).not.toEqual(message);
    const [refielded] = found(delivered10(each => !isLarge(each.payload) && each.refielded('properties', { subject: 'other' })));
    const read = decodeMessage(refielded ?? new Uint8Array(0));
    expect(!isViolation(read) && [read.properties?.subject, read.header?.durable, read.body?.type]).toEqual(['other', true, 'data']);
  });

  it('comes never, twice, or another in its place', () => {
    const count = (seam: FrameSeam10) => story(seam).client.events.filter(({ kind }) => kind === 'delivery').length;
    expect(count(delivered10(() => ({})))).toBe(0);
    expect(count(delivered10(each => !isLarge(each.payload) && [each]))).toBe(2);
    const other = encodeMessage({ body: { type: 'amqp-value', value: { type: 'null', value: null } } });
    const swapped = story(published10(each => isLarge(each.payload) && each.carrying(other)));
    expect(swapped.server.events.flatMap(event => (event.kind === 'delivery' ? [event.delivery.size] : []))).toEqual([message.length, other.length]);
    expect(swapped.server.events.filter(({ kind }) => kind === 'violation')).toEqual([]);
  });
});

describe('refusals', () => {
  it('of a link: an attach without terminus, a detach, and no word of it from the other side any more', async () => {
    const { wire, stream, server, client } = serverSide(refusedLink('amqp:not-found', ({ role }) => role === 'sender'));
    const flow = frame({ type: 'flow', handle: 4, incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1, linkCredit: 5 }, 5);
    client.send(protocolHeaders.amqp, openOctets, frame(beginOf(), 3), frame(attachOf('sender', { handle: 9, name: 's' }), 3));
    stream.write(
      joined(protocolHeaders.amqp, openOctets, frame(beginOf({ remoteChannel: 3 }), 5), frame(attachOf('receiver', { name: 's', handle: 4 }), 5), flow),
    );
    await Promise.resolve();
    client.send(frame({ type: 'detach', handle: 9, closed: true }, 3), frame({ type: 'end' }, 3));
    stream.write(joined(frame({ type: 'detach', handle: 4, closed: true }, 5), frame({ type: 'end' }, 5)));
    const told = performatives(joined(...wire.written));
    expect(told.map(({ type }) => type)).toEqual(['open', 'begin', 'attach', 'detach', 'end']);
    expect(told[2]).toMatchObject({ role: 'receiver', handle: 4, target: undefined });
    expect(told[3]).toMatchObject({ handle: 4, closed: true, error: { condition: 'amqp:not-found' } });
    expect(performatives(joined(...server.received)).map(({ type }) => type)).toEqual(['open', 'begin', 'attach', 'detach', 'end']);
  });

  it('of a session, kept apart from the server, and of a connection', () => {
    const session = story(refusedSession('amqp:not-allowed', 'attach'));
    expect(those(session.heard('client'), 'end')[0]).toMatchObject({ error: { condition: 'amqp:not-allowed' } });
    expect(those(session.heard('server'), 'attach')).toEqual([]);
    expect(session.server.events.filter(({ kind }) => kind === 'violation')).toEqual([]);
    const connection = story(refusedConnection('amqp:not-implemented', 'begin'));
    expect(those(connection.heard('client'), 'close')).toMatchObject([{ error: { condition: 'amqp:not-implemented' } }]);
    expect(connection.wire.ended).toBe('end');
  });
});

describe('seams together', () => {
  it('remember each connection by itself, and the first that rewrites wins', () => {
    const counted = remembering10(() => {
      let seen = 0;
      return request10('attach', draft => {
        seen += 1;
        return seen === 2 && draft.swallowed();
      });
    });
    for (let turn = 0; turn < 2; turn += 1) expect(those(atServer(counted), 'attach').map(({ name }) => name)).toEqual(['s']);
    const first = either10(
      answer10('open', draft => draft.with({ channelMax: 1 })),
      answer10('open', draft => draft.with({ channelMax: 2 })),
    );
    expect(those(atClient(first), 'open')).toMatchObject([{ channelMax: 1 }]);
  });
});
