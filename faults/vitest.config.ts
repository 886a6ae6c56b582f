import { defineConfig } from 'vitest/config';

// `bun run test:faults` starts and kills many processes, so it is not part of `bun run test`.
export default defineConfig({
  test: {
    name: 'faults',
    // Vitest's default pool (forks) does not run on Bun.
    pool: 'threads',
    include: ['faults/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    maxWorkers: 2,
    maxConcurrency: 4,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
