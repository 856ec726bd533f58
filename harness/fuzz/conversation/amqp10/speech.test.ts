import { describe, expect, test } from 'vitest';
import { families } from '../../emit/departure.ts';
import type { Conversation, Setting } from '../conversation.ts';
import { playAll, setting } from './played.test-kit.ts';
import { departures10, legalConversation, speech10 } from './speech.ts';

const made = (count: number, of: typeof legalConversation, how: Setting = setting): readonly Conversation[] =>
  Array.from({ length: count }, (_, index) => of(7, index, how));
const drawn = (count: number, how: Setting = setting) => made(count, (seed, index, to) => speech10.conversation(seed, index, to), how);
const texts = (all: readonly Conversation[]): readonly string[] =>
  all.map(each => JSON.stringify(each, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)));
const stranger = { ...setting, authenticated: false };

const many = drawn(6_000);

describe('conversations of 1.0', () => {
  test('are the same for the same seed and index, whatever was made before', () => {
    const again = [...Array(40).keys()].reverse().map(index => speech10.conversation(7, index, setting));
    expect(texts(again.reverse())).toEqual(texts(many.slice(0, 40)));
    expect(new Set(texts(many.slice(0, 500))).size).toBeGreaterThan(450);
  });

  test('take every departure, of all nine families', () => {
    const taken = new Set(many.flatMap(each => each.departures));
    expect(speech10.departures.filter(name => !taken.has(name))).toEqual([]);
    expect(new Set(Object.values(departures10).map(({ family }) => family))).toEqual(new Set(families));
  });

  test('depart in every state that is told, and in no other', () => {
    const all = [...many, ...drawn(1_500, { ...setting, pipelined: false }), ...drawn(600, stranger)];
    const came = new Set(all.filter(({ departures }) => departures.length > 0).map(({ state }) => state));
    expect([...came].filter(state => !speech10.states.includes(state))).toEqual([]);
    expect(speech10.states.filter(state => !came.has(state))).toEqual([]);
    expect(speech10.states).toContain('OPENED MAPPED ATTACHED sender transfer:more');
  });

  test.each([true, false])('are served to the end where they keep to the law (pipelined: %s)', async pipelined => {
    const results = await playAll(made(80, legalConversation, { ...setting, pipelined }));
    const wrong = results.filter(
      ({ played }) => played.breach !== undefined || played.outcome === 'silence' || played.heard.some(({ code }) => code !== undefined),
    );
    expect(wrong.map(({ played }) => [played.conversation.index, played.breach?.detail, played.owed])).toEqual([]);
    expect(results.every(({ played }) => played.heard.some(({ name }) => name === 'close'))).toBe(true);
    expect(results.filter(({ played }) => played.heard.some(({ name }) => name === 'outcome')).length).toBeGreaterThan(20);
    expect(results.filter(({ played }) => played.heard.some(({ name }) => name === 'delivery')).length).toBeGreaterThan(10);
  });

  test.each([
    ['of somebody who logs in', setting, 250],
    ['of a stranger', stranger, 120],
  ] as const)('%s show nothing wrong with the reference broker', async (_, how, count) => {
    const results = await playAll(drawn(count, how), { setting: how });
    expect(results.filter(({ verdict }) => verdict !== undefined).map(({ played, verdict }) => [played.conversation.index, verdict])).toEqual([]);
    expect(results.filter(({ played }) => played.breach !== undefined).length).toBeGreaterThan(count / 4);
  });
});
