import { describe, expect, test } from 'vitest';
import { pair } from '../fixtures/run-records/pair.ts';
import { verdict } from '../fixtures/run-records/verdict.ts';
import { buildRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { anchorOf } from './html/anchor.ts';
import type { Chapter } from './matrix/leaving.ts';
import { matrixOf } from './matrix/model.ts';
import { renderMatrix } from './matrix.ts';

const before = buildRecord(pair.before);
const after = buildRecord(pair.after);

const passes = verdict({ check: 'amqp091/queue/purge/count', title: 'a check', duty: 'amqp091/queue.declare.passive:enforce', reaction: 'channel.flow-ok' });
const moved = (one: Partial<VerdictRecord>, other: Partial<VerdictRecord>, more: readonly VerdictRecord[] = []): readonly Chapter[] => {
  const of = (changes: Partial<VerdictRecord>) => ({
    record: buildRecord({ ...pair.before, declarations: [], verdicts: [passes, ...more].map(each => ({ ...each, ...changes })) }),
  });
  return matrixOf([of(one), of(other)]).leavings[0]?.chapters ?? [];
};
const fails: Partial<VerdictRecord> = { outcome: 'fail', reaction: 'queue.purge-ok', message: "Queue 'amqpspec-aa-bb-0001' is wrong." };
const lacks = (reason: string): Partial<VerdictRecord> => ({ outcome: 'unsupported', reason });

describe('leaving one broker for another', () => {
  test.each<[string, Partial<VerdictRecord>, Partial<VerdictRecord>, Chapter['id'] | undefined]>([
    ['nothing', {}, {}, undefined],
    ['an answer to a mistake is wrong', {}, fails, 'mistakes'],
    ['something owed to everybody is wrong', {}, { ...fails, duties: ['amqp091/queue.declare.passive:emit'] }, 'breaks'],
    ['a SHOULD is not kept', {}, { ...fails, level: 'SHOULD' }, 'should'],
    ['a feature is not there', {}, lacks('The peer does not advertise publisher_confirms.'), 'missing'],
    ['a feature is there now', lacks('The peer does not advertise publisher_confirms.'), {}, 'better'],
    ['something is mended', fails, {}, 'better'],
    ['something is wrong in another way', fails, { ...fails, reaction: 'eof without an answer' }, 'otherwise'],
  ])('%s', (_, one, other, chapter) => expect(moved(one, other).map(({ id }) => id)).toEqual(chapter === undefined ? [] : [chapter]));

  test('what is lacked for one reason is told once, whatever its areas', () => {
    const twin = { ...passes, check: 'amqp091/confirm/order' };
    expect(moved({}, lacks('The peer does not advertise publisher_confirms.'), [twin])[0]?.differences).toEqual([
      expect.objectContaining({ heading: 'Publisher confirms', areas: ['confirm', 'queue'], from: 'has it', to: 'does not have it' }),
    ]);
    const refused = "The peer answers queue.declare with x-message-ttl, x-expires with 542 Error creating queue 'amqpspec-aa-bb-0001'.";
    expect(moved({}, lacks(refused), [twin])[0]?.differences).toEqual([
      expect.objectContaining({ heading: 'The argument x-message-ttl', to: 'refuses it with 542' }),
    ]);
  });

  test('names that were drawn for a run make no difference, and are not shown', () => {
    const twin = { ...passes, check: 'amqp091/queue/purge/again' };
    const [chapter] = moved({}, fails, [twin]);
    expect(chapter?.differences.map(({ to, checks }) => [to, checks.length])).toEqual([['Queue NAME is wrong.', 2]]);
  });
});

describe('a matrix', () => {
  const { brokers, areas, rules, leavings } = matrixOf([{ record: before }, { record: after }, { record: after }]);

  test('names brokers apart, and tells of each move once', () => {
    expect(brokers.map(({ name }) => name)).toEqual(['RabbitMQ 4.0.5', 'RabbitMQ 4.1.0 (1)', 'RabbitMQ 4.1.0 (2)']);
    expect(leavings.map(({ from, to }) => `${from}: ${to}`)).toEqual([
      'RabbitMQ 4.0.5: RabbitMQ 4.1.0 (1)',
      'RabbitMQ 4.0.5: RabbitMQ 4.1.0 (2)',
      'RabbitMQ 4.1.0 (1): RabbitMQ 4.1.0 (2)',
    ]);
    expect(leavings[2]?.chapters).toEqual([]);
  });

  test('counts every verdict once', () => {
    const sum = areas.reduce(
      (total, { counts: [first] }) =>
        total + (first?.pass ?? 0) + (first?.must ?? 0) + (first?.should ?? 0) + (first?.unsupported ?? 0) + (first?.unjudged ?? 0),
      0,
    );
    expect(sum).toBe(before.verdicts.length);
  });

  test('tells how each broker keeps each rule, as its own record has it', () => {
    for (const { id, standings } of rules) {
      const verdictOf = (record: typeof before) => record.rules.find(rule => rule.id === id)?.verdict;
      expect([before, after].map(verdictOf).map(each => each === 'fail')).toEqual(standings.slice(0, 2).map(standing => standing.startsWith('broken')));
    }
    expect(rules.length).toBeGreaterThan(5);
  });
});

describe('the page', () => {
  const files = renderMatrix([{ record: before, report: 'before/report.html' }, { record: after }]);
  const page = files['matrix.html'] ?? '';

  test('text of a broker stays text, and every link within leads somewhere', () => {
    expect(page.includes('<script>alert')).toBe(false);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(match => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...page.matchAll(/href="#([^"]+)"/g)].map(match => match[1]).filter(link => !ids.includes(link) && !link?.startsWith('i-'))).toEqual([]);
  });

  test('links each check to the report of its run, where there is one', () => {
    expect(page).toContain(`href="before/report.html#${anchorOf('amqp091/channel/open/twice')}"`);
    expect(page).toContain('data-marks="differs');
  });

  test('says the same as its data and its markdown', () => {
    const data = JSON.parse(files['matrix.json'] ?? '');
    expect(data.brokers.map(({ name }: { name: string }) => name)).toEqual(['RabbitMQ 4.0.5', 'RabbitMQ 4.1.0']);
    for (const { differences } of data.leavings[0].chapters) {
      for (const { checks } of differences)
        for (const { check } of checks.slice(0, 3)) expect(page.includes(check) && files['matrix.md']?.includes(check)).toBe(true);
    }
  });
});
