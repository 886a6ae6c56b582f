import { defineConfig } from 'vitest/config';

// Vitest's default pool (forks) does not run on Bun: child.channel.unref is missing there. Threads do.
const pool = 'threads';
const exclude = ['**/node_modules/**'];

export default defineConfig({
  test: {
    pool,
    // Real parts and renderers want the cores as well.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          pool,
          include: ['{apps,packages}/*/{src,test}/**/*.test.ts', '{bench,scripts}/**/*.test.ts'],
          exclude: [...exclude, '**/*.integration.test.ts'],
          globalSetup: ['apps/renderer/test/limit-libvips.ts'],
          // A bound for what hangs, not for what is slow on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          pool,
          include: ['{apps,packages}/*/{src,test}/**/*.integration.test.ts'],
          exclude,
          globalSetup: ['packages/testing/src/global-setup.ts'],
          // Longer than anything waits inside a test, so that what did not happen is said by its name.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        test: {
          name: 'e2e',
          pool,
          include: ['e2e/**/*.e2e.test.ts'],
          exclude,
          globalSetup: ['packages/testing/src/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
