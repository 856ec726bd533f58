import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    globalSetup: ['harness/build.global.ts'],
    include: ['{harness,suites,fixtures,reports}/**/*.test.ts'],
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    pool: 'threads',
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: json === undefined ? ['default'] : ['default', ['json', { outputFile: json }]],
  },
});
