import { describe, expect, test } from 'vitest';
import { type AmqpValue, decodeMessage, encodeMessage, type MessageDraft, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import { type Amqp10Message, composeMessage10, receivedMessage, reviveMessage10 } from './amqp10-message.ts';
import { reviveMessage } from './revive.ts';

const at = { exchange: 'e', routingKey: 'k', publisher: 7 };
const text = (value: string): AmqpValue => ({ type: 'string', value });
const received = (draft: MessageDraft, nowMs = 0): Amqp10Message => receivedMessage(at, decodeMessage(encodeMessage(draft)) as WireMessage, nowMs);
const body = { type: 'data', value: [Buffer.from('body')] } as const;
const whole = ({ header, body: [tail] }: Amqp10Message): Buffer => Buffer.concat([header, tail]);

describe('a message of 1.0', () => {
  test('keeps header, message annotations and the bare message octet by octet, and no delivery annotations', () => {
    const kept = { header: { durable: true }, messageAnnotations: [['x-opt-a', text('b')]], properties: { subject: 's' }, body } as const;
    expect(whole(received(kept))).toEqual(Buffer.from(encodeMessage(kept)));
    expect(whole(received({ ...kept, deliveryAnnotations: [['x-opt-d', text('e')]] }))).toEqual(Buffer.from(encodeMessage(kept)));
  });

  test('says what queues go by', () => {
    expect(received({ body })).toMatchObject({ persistent: false, priority: 0, ttlMs: undefined, userId: undefined, headers: undefined, copies: undefined });
    const userId = Buffer.from('guest');
    const message = received({ header: { durable: true, priority: 9, ttl: 500 }, properties: { userId }, applicationProperties: [['a', text('b')]], body });
    expect(message).toMatchObject({ persistent: true, priority: 5, ttlMs: 500, expiration: '500', userId: 'guest' });
    expect(message.headers).toEqual([['a', { type: 'long-string', value: new TextEncoder().encode('b') }]]);
  });

  test('is of two priorities: those up to the default, and those above', () => {
    const priorities = [0, 4, 5, 255].map(priority => received({ header: { priority }, body }).priority);
    expect(priorities).toEqual([0, 0, 5, 5]);
  });

  test('expires by its ttl or at its moment, whichever is sooner', () => {
    const moment = { properties: { absoluteExpiryTime: 1_700n }, body };
    expect(received(moment, 1_000).ttlMs).toBe(700);
    expect(received(moment, 2_000).ttlMs).toBe(0);
    expect(received({ ...moment, header: { ttl: 300 } }, 1_000).ttlMs).toBe(300);
  });

  test('asks for copies by an annotation', () => {
    const cc = (value: AmqpValue) => received({ messageAnnotations: [['x-cc', value]], body });
    expect(cc({ type: 'list', value: [text('a'), text('b')] }).copies).toEqual({ keys: ['a', 'b'], blind: false });
    expect(cc({ type: 'list', value: [text('a')] }).routingKeys).toEqual(['k', 'a']);
    expect(cc(text('a')).copies).toBe('malformed');
  });

  test('comes back from a store as it went there', () => {
    const message = received({ header: { durable: true }, messageAnnotations: [['x-opt-a', text('b')]], properties: { absoluteExpiryTime: 900n }, body });
    const revived = reviveMessage(message, 100) as Amqp10Message;
    expect(whole(revived)).toEqual(whole(message));
    expect(revived).toMatchObject({ exchange: 'e', routingKey: 'k', persistent: true, ttlMs: 800, size: message.size });
    expect(revived.messageAnnotations).toEqual(message.messageAnnotations);
    expect(() => reviveMessage10({ ...message, header: Uint8Array.of(1) })).toThrow('is none');
  });

  test('tells of its deaths in an annotation, and lives on without ttl and with its bare message as it was', () => {
    const message = received({ header: { ttl: 5, durable: true }, properties: { messageId: text('m') as never }, body });
    const death = { queue: 'q', reason: 'expired', count: 1, timeMs: 5, exchange: 'e', routingKeys: ['k'], expiration: '5' } as const;
    const letter = message.afterDeath({ exchange: 'dlx', routingKey: 'dead', deaths: [death], tellsLast: true });
    expect(letter).toMatchObject({ exchange: 'dlx', routingKey: 'dead', ttlMs: undefined, persistent: true, deaths: [death] });
    expect(letter.body).toEqual(message.body);
    expect(reviveMessage10(letter).deaths).toEqual([death]);
    expect(letter.messageAnnotations?.find(([key]) => key === 'x-first-death-queue')).toEqual(['x-first-death-queue', text('q')]);
    const again = letter.afterDeath({ exchange: 'dlx', routingKey: undefined, deaths: [{ ...death, count: 2 }], tellsLast: true });
    expect(reviveMessage10(again).deaths).toEqual([{ ...death, count: 2 }]);
  });

  test('is annotated by who modifies it: what has the same key is replaced', () => {
    const message = composeMessage10(at, {
      header: { priority: 1 },
      messageAnnotations: [
        ['x-opt-a', text('1')],
        ['x-opt-b', text('1')],
      ],
      body,
    });
    const changed = message.annotated([['x-opt-a', text('2')]]);
    expect(changed.messageAnnotations).toEqual([
      ['x-opt-b', text('1')],
      ['x-opt-a', text('2')],
    ]);
    expect(changed.sent).toMatchObject({ priority: 1 });
    expect(changed.body).toEqual(message.body);
  });

  test('is refused where its sections are none', () => {
    expect(decodeMessage(Uint8Array.of(0, 0x53, 0x99, 0x40))).toMatchObject({ kind: 'violation' });
    expect(decodeMessage(encodeMessage({ body }))).toBeInstanceOf(WireMessage);
  });
});
