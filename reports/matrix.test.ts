import { describe, expect, test } from 'vitest';
import { pair } from '../fixtures/run-records/pair.ts';
import { verdict } from '../fixtures/run-records/verdict.ts';
import { buildRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { anchorOf } from './html/anchor.ts';
import { keptBy } from './matrix/kept.ts';
import type { Chapter } from './matrix/leaving.ts';
import { matrixOf } from './matrix/model.ts';
import { squareText } from './matrix/pairs.ts';
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
    ['the broker ends', {}, { ...fails, ending: { kind: 'peer-died' } }, 'dies'],
    ['the broker ends on both', { ...fails, ending: { kind: 'peer-died' } }, { ...fails, ending: { kind: 'peer-died' } }, undefined],
    ['a SHOULD is not kept', {}, { ...fails, level: 'SHOULD' }, 'should'],
    ['a feature is not there', {}, lacks('The peer does not advertise publisher_confirms.'), 'missing'],
    ['a feature is there now', lacks('The peer does not advertise publisher_confirms.'), {}, 'better'],
    ['something is mended', fails, {}, 'better'],
    ['something is wrong in another way', fails, { ...fails, reaction: 'eof without an answer' }, 'otherwise'],
  ])('%s', (_, one, other, chapter) => expect(moved(one, other).map(({ id }) => id)).toEqual(chapter === undefined ? [] : [chapter]));

  test('what is lacked for one reason is told once, whatever its areas', () => {
    const twin = { ...passes, check: 'amqp091/confirm/order' };
    expect(moved({}, lacks('The peer does not advertise publisher_confirms.'), [twin])[0]?.differences).toEqual([
      expect.objectContaining({
        heading: 'Publisher confirms (confirm.select)',
        means: expect.stringContaining('Client libraries'),
        areas: ['confirm', 'queue'],
        from: 'has it',
        to: 'does not announce the capability publisher_confirms; whether it works unannounced was not tried',
      }),
    ]);
    const refused = "The peer answers queue.declare with x-message-ttl, x-expires with 542 Error creating queue 'amqpspec-aa-bb-0001'.";
    expect(moved({}, lacks(refused), [twin])[0]?.differences).toEqual([
      expect.objectContaining({ heading: 'Message lifetimes (argument x-message-ttl)', to: 'refuses queue.declare with it (542)' }),
    ]);
  });

  test('names that were drawn for a run make no difference, and are not shown', () => {
    const twin = { ...passes, check: 'amqp091/queue/purge/again' };
    const [chapter] = moved({}, fails, [twin]);
    expect(chapter?.differences.map(({ to, checks }) => [to, checks.length])).toEqual([['Queue NAME is wrong', 2]]);
  });

  test.each([
    ['amqp091/durability/queue/durable/kill', 'outlives'],
    ['amqp091/permission/read/get', 'access'],
    ['amqp091/framing/wrong-end', 'wire'],
    ['amqp091/queue/delete/missing', 'mistakes'],
  ])('%s that is wrong is told under %s', (check, chapter) => {
    const [one, other] = [{}, fails].map(changes => ({
      record: buildRecord({ ...pair.before, declarations: [], verdicts: [{ ...passes, check, ...changes }] }),
    }));
    const told = one === undefined || other === undefined ? [] : (matrixOf([one, other]).leavings[0]?.chapters ?? []);
    expect(told.map(({ id }) => id)).toEqual([chapter]);
  });

  test('refusals that differ in their numbers alone are one difference', () => {
    const refused = (n: number) => lacks(`Expected basic.qos-ok, got connection.close 540 not-implemented ("NOT_IMPLEMENTED - prefetch_size!=0 (${n})").`);
    const before = { record: buildRecord({ ...pair.before, declarations: [], verdicts: [passes, { ...passes, check: 'amqp091/queue/purge/again' }] }) };
    const after = {
      record: buildRecord({
        ...pair.before,
        declarations: [],
        verdicts: [
          { ...passes, ...refused(10) },
          { ...passes, check: 'amqp091/queue/purge/again', ...refused(20) },
        ],
      }),
    };
    const [chapter] = matrixOf([before, after]).leavings[0]?.chapters ?? [];
    expect(chapter?.differences.map(({ to, checks }) => [to, checks.length])).toEqual([['answers 540 not-implemented (prefetch_size!=0)', 2]]);
  });

  test('what a broker did is told without what was expected, and its own words are cut', () => {
    const message = `Expected channel.close 404 not-found, got channel.close 406 precondition-failed ("${'x'.repeat(90)}").`;
    expect(moved({}, { ...fails, message })[0]?.differences[0]?.to).toBe(`channel.close 406 precondition-failed ("${'x'.repeat(70)}…")`);
  });

  test('a mistake that is mended is told with its subject, who is left', () => {
    const declared = { ...passes, ...fails, declared: 'deviates' as const };
    const declarations = [
      { id: passes.check, kind: 'check' as const, checks: [passes.check], outcome: 'fail' as const, reason: 'Counts wrongly.', origin: 'profile x' },
    ];
    const before = { record: buildRecord({ ...pair.before, declarations, verdicts: [declared] }) };
    const after = { record: buildRecord({ ...pair.after, declarations: [], verdicts: [passes] }) };
    const told = (columns: Parameters<typeof matrixOf>[0]) =>
      matrixOf(columns).leavings[0]?.chapters.flatMap(({ differences }) => differences.map(({ heading }) => heading));
    expect(told([before, after])).toEqual(['RabbitMQ 4.0.5 counts wrongly.']);
    expect(told([after, before])).toEqual(['Counts wrongly.']);
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

describe('what brokers kept', () => {
  const tally = { outage: 'kill' as const, attempted: 10, confirmed: 8, recovered: 7, lost: 1, duplicated: 0, reordered: 0, unexpected: 2 };
  const measured = (scenario: string, change: Partial<typeof tally> = {}) => ({ name: scenario, value: 0, tally: { ...tally, ...change } });
  const keeps = { ...before, measurements: [measured('one'), measured('two', { attempted: 5, lost: 0 })] };

  test('is summed up for each kind of outage, where there was one', () => {
    expect(keptBy(matrixOf([{ record: keeps }, { record: { ...after, measurements: [] } }]).brokers)).toEqual([
      { name: 'RabbitMQ 4.0.5', outage: 'kill', scenarios: 2, sums: [15, 16, 14, 1, 0, 0, 4] },
    ]);
  });

  test('stands in page and markdown, or not at all', () => {
    const files = renderMatrix([{ record: keeps }, { record: after }]);
    expect(files['matrix.md']).toContain('| RabbitMQ 4.0.5, killed | 2 | 15 | 16 | 14 | 1 | 0 | 0 | 4 |');
    expect(files['matrix.html']).toContain('RabbitMQ 4.0.5, killed</th><td>2</td><td>15</td>');
    const none = renderMatrix([before, after].map(record => ({ record: { ...record, measurements: [] } })));
    expect([none['matrix.md'], none['matrix.html']].filter(text => text?.includes('What they kept'))).toEqual([]);
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
    for (const { differences, folded } of data.leavings[0].chapters) {
      for (const { checks } of differences) {
        for (const { check } of checks) expect(page).toContain(check);
        if (!folded) expect(files['matrix.md']).toContain(checks[0].check);
      }
    }
  });
});

describe('pairs of clients side by side', () => {
  const { pairs } = matrixOf([{ record: before }, { record: after }]);

  test('a row for each client, with what it did as publisher and consumer on each broker', () => {
    expect(pairs?.clients.map(({ name, squares }) => [name, ...squares.map(squareText)])).toEqual([
      ['amqplib 2.3.1', '2 of 4, failed', '4 of 6, failed'],
      ['rhea 3.0.5', '1 of 5, failed', '3 of 6, passed, though declared to fail'],
      ['go-amqp', 'not run', '1'],
    ]);
  });

  test('a row for each case that does not come out the same', () => {
    expect(pairs?.cases.map(({ name }) => name)).toEqual(['application/float']);
    expect(pairs?.same).toBe(1);
  });

  test('no run has any', () => {
    const { interop: _, ...none } = before;
    expect(matrixOf([{ record: none }, { record: none }]).pairs).toBeUndefined();
    expect(renderMatrix([{ record: none }])['matrix.html']).not.toContain('Pairs of clients');
  });

  test('a run of pairs alone tells nothing of areas, rules and who leaves', () => {
    const alone = buildRecord({ ...pair.before, rules: {}, verdicts: [], declarations: [] });
    const { 'matrix.html': page = '', 'matrix.md': text = '' } = renderMatrix([{ record: alone }, { record: alone }]);
    expect([page, text].filter(each => /No behaviour differs|Areas|Search rules/.test(each))).toEqual([]);
    expect(text).toContain('## Pairs of clients');
  });
});
