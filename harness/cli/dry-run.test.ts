import { describe, expect, test } from 'vitest';
import type { DryRun } from '../dry-run.ts';
import { amqpspec, emptyFolder } from './testing.ts';

const only = 'amqp091/{get,permission,routing/fanout,virtual-host}/**';
// Nothing listens there: a dry run has no need of it.
const nowhere = 'amqp://alice:secret@127.0.0.1:1/shop';

describe('run --safe --dry-run', () => {
  test('tells as one JSON value what would be touched, and connects to nothing', async () => {
    const { status, stdout, stderr } = await amqpspec(['run', nowhere, '--safe', '--dry-run', '--only', only, '--seed', '7', '--json'], await emptyFolder());
    const plan = JSON.parse(stdout) as DryRun;
    expect(status).toBe(0);
    expect(plan).toMatchObject({ prefix: 'amqpspec-7-', seed: 7 });
    expect(plan.touches).toContainEqual({ kind: 'user', names: 'alice', verbs: ['log in as'] });
    expect(plan.touches).toContainEqual(expect.objectContaining({ kind: 'virtual host', names: 'shop' }));
    expect(plan.touches).toContainEqual(expect.objectContaining({ kind: 'queue', names: 'amqpspec-7-*', verbs: expect.arrayContaining(['create', 'delete']) }));
    expect(plan.touches.filter(({ verbs }) => verbs.includes('delete')).map(({ names }) => names)).toEqual(expect.arrayContaining(['amqpspec-7-*']));
    expect(plan.leftOut.map(({ check }) => check)).toContain('amqp091/routing/fanout/predeclared');
    expect(stderr).toContain('Nothing was connected to.');
    expect(stdout + stderr).not.toContain('secret');
  });

  test('is drawn a seed where none is given, and says how to use the same names', async () => {
    const { stdout } = await amqpspec(['run', nowhere, '--safe', '--dry-run', '--only', 'amqp091/get/*'], await emptyFolder());
    const [, seed = ''] = /--seed (\d+) makes a run use these very names/.exec(stdout) ?? [];
    expect(stdout).toContain(`amqpspec-${Number(seed).toString(36)}-*`);
  });

  test.each([
    ['without --safe', ['run', '--dry-run'], /--dry-run goes with --safe/],
    ['for an unknown profile', ['run', 'rabitmq', '--safe', '--dry-run'], /Did you mean rabbitmq\?/],
    ['for a URL that is none', ['run', 'http://host', '--safe', '--dry-run'], /begins with amqp:/],
  ])('is refused %s', async (_, words, sentence) => {
    const { status, stderr } = await amqpspec(words, await emptyFolder());
    expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringMatching(sentence) });
  });
});

test('the matrix wants several records', async () => {
  const { status, stderr } = await amqpspec(['report', 'one.json', '--format', 'matrix'], await emptyFolder());
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringMatching(/The matrix holds several runs against each other/) });
});
