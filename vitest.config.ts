import { defineConfig } from 'vitest/config';

// Vitest's default pool (forks) does not run on Bun: child.channel.unref is missing there. Threads do.
const pool = 'threads';

export default defineConfig({
  test: {
    pool,
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          pool,
          include: ['{apps,packages}/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
        },
      },
    ],
  },
});
