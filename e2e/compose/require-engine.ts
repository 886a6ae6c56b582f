import { tryRun } from './run.ts';

/** Vitest's global setup: skips the run, with exit status 0, where no Docker engine answers. */
export async function setup(): Promise<void> {
  if (Bun.which('docker') && (await tryRun(['docker', 'info'])).code === 0) return;
  process.stdout.write('test:compose skipped: no Docker engine answers\n');
  process.exit(0);
}
