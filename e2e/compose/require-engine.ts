import { run } from './run.ts';

/** Vitest's global setup: ends the run with one line, and without a fault, where no Docker engine answers. */
export async function setup(): Promise<void> {
  if (Bun.which('docker') && (await run(['docker', 'info'])).code === 0) return;
  process.stdout.write('test:compose skipped: no Docker engine answers here\n');
  process.exit(0);
}
