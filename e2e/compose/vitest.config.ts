import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    compose: string;
  }
}

// `bun run test:compose` builds the images and starts all services, so it is not part of `bun run test`.
export default defineConfig({
  test: {
    name: 'compose',
    // Vitest's default pool (forks) does not run on Bun.
    pool: 'threads',
    include: ['e2e/compose/*.compose.ts'],
    globalSetup: ['e2e/compose/require-engine.ts'],
    // COMPOSE=docker-compose selects the older program where both are installed.
    provide: { compose: process.env.COMPOSE ?? '' },
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
  },
});
