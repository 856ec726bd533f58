import { describe, expect, test } from 'vitest';
import { fuzzParser } from '../fuzz/parser/campaign.ts';
import { plant, planted } from './planted.ts';

const hunt = { timeMs: 120_000, seed: 3, findingsMax: 1, limitMs: 400, shrinkMs: 0, threads: 1 } as const;

describe('a mistake planted in a copy of our own parser is found within its budget', () => {
  test.concurrent.for(planted)('$protocol: $name', async (mistake, { expect: hope }) => {
    await using copy = await plant(mistake.protocol, mistake);
    const { findings } = await fuzzParser({ ...hunt, parser: copy.file, protocol: mistake.protocol, inputsMax: mistake.budget });
    hope(findings).toHaveLength(1);
    hope(mistake.severities).toContain(findings[0]?.severity);
  });
});

test.each(['amqp091', 'amqp10'] as const)('a copy of %s without a mistake has no findings', async protocol => {
  await using copy = await plant(protocol);
  const { findings, inputs } = await fuzzParser({ ...hunt, parser: copy.file, protocol, inputsMax: 5_000 });
  expect(findings).toEqual([]);
  expect(inputs).toBe(5_000);
});
