import { defineConfig } from 'vitest/config';
import { givenImages, type Images } from './images.ts';

declare module 'vitest' {
  interface ProvidedContext {
    compose: string;
    images: Images | null;
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
    // API_IMAGE and WORKER_IMAGE name images to test instead of building them.
    provide: { compose: process.env.COMPOSE ?? '', images: givenImages(process.env) },
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
  },
});
