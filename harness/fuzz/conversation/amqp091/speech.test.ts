import { describe, expect, test } from 'vitest';
import { campaign, playAll, setting } from '../../../bench/simulated-conversations.ts';
import type { Conversation } from '../conversation.ts';
import { speech091 } from './speech.ts';

const texts = (all: Iterable<Conversation>): readonly string[] =>
  [...all].map(each => JSON.stringify(each, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)));

const many = [...campaign(3, 6_000)];

describe('conversations of 0-9-1', () => {
  test('are the same for the same seed and index, whatever was made before', () => {
    const again = [...Array(40).keys()]
      .reverse()
      .map(index => many[index] && speech091.conversation(3, index, index % 8 === 7 ? { ...setting, authenticated: false } : setting));
    expect(texts(again.reverse() as Conversation[])).toEqual(texts(many.slice(0, 40)));
    expect(new Set(texts(many.slice(0, 500))).size).toBeGreaterThan(400);
  });

  test('take every departure that is told, in every state that is told', () => {
    const sent = many.flatMap(each => each.steps.flatMap(step => (step.kind === 'send' && step.departure !== undefined ? [step] : [])));
    const taken = new Set(sent.map(({ departure }) => departure));
    expect(speech091.departures.filter(name => !taken.has(name))).toEqual([]);
    const states = new Set(sent.map(({ state }) => state));
    expect(speech091.states.filter(state => !states.has(state))).toEqual([]);
  });

  test('show nothing wrong with the reference broker', { timeout: 60_000 }, async () => {
    const results = await playAll(campaign(11, 400));
    expect(results.filter(({ verdict }) => verdict !== undefined).map(({ played, verdict }) => [played.conversation.index, verdict])).toEqual([]);
    expect(results.filter(({ played }) => played.breach !== undefined).length).toBeGreaterThan(150);
    expect(results.filter(({ played }) => played.conversation.served === true && played.outcome === 'ended').length).toBeGreaterThan(10);
  });

  test.each([
    ['amqp091/4.2.3.frame-end:enforce', 200],
    ['amqp091/4.2.4.class-unknown:enforce', 1_000],
    ['amqp091/4.2.4.arguments-truncated:enforce', 600],
    ['amqp091/4.2.6.1.body-size:enforce', 1_500],
    ['amqp091/4.2.6.unexpected-body:enforce', 1_000],
    ['amqp091/connection.tune-ok.frame-max-minimum:enforce', 1_000],
    ['amqp091/channel.not-open:enforce', 800],
  ] as const)('find within a budget that a broker breaks %s', { timeout: 60_000 }, async (fault, budget) => {
    const results = await playAll(campaign(1, budget), { fault, until: ({ verdict }) => verdict !== undefined });
    expect(results.at(-1)?.verdict).toBeDefined();
  });
});
