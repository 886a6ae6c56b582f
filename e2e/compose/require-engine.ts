import { tryRun } from './run.ts';

/** Vitest's global setup. @throws Error where no Docker engine answers: a tier that tests nothing must not pass */
export async function setup(): Promise<void> {
  if (Bun.which('docker') && (await tryRun(['docker', 'info'])).code === 0) return;
  throw new Error('No Docker engine answers. Start one, or run .ci/compose, which brings its own.');
}
