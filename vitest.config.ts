import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{harness,suites,fixtures,reports}/**/*.test.ts'],
    testTimeout: 30_000,
    pool: 'threads',
  },
});
