import { join } from 'node:path';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { type RowContext, scaled } from './row.ts';

const sourceOf = (path: string) => join(import.meta.dirname, '../../apps/renderer/src', path);
const renderer = sourceOf('main.ts');

/** What the walls of a renderer cost: its start with them, compared with a start without. A task costs nothing more. */
export async function sandbox(context: RowContext): Promise<Figure[]> {
  const rounds = await alternate(scaled(context, 15), {
    subject: () => startRenderer([sourceOf('sandbox/main.ts'), renderer]),
    baseline: () => startRenderer([renderer]),
  });
  const read = (name: 'elapsedMs' | 'cpuMs') =>
    rounds.map(({ subject, baseline }) => ({ subject: subject[name], baseline: baseline[name] }));
  const name = { row: 'sandbox', comparison: 'difference', goal: null } as const;
  return [
    toFigure({ ...name, what: 'start of a renderer', unit: 'ms' }, read('elapsedMs')),
    toFigure({ ...name, what: 'start of a renderer, CPU', unit: 'ms CPU' }, read('cpuMs')),
  ];
}

/** Starts a renderer, waits until it is ready, and ends it. */
async function startRenderer(programs: string[]): Promise<{ elapsedMs: number; cpuMs: number }> {
  const startedAt = performance.now();
  const child = Bun.spawn([process.execPath, '--no-env-file', ...programs], {
    env: {},
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  await child.stdout.getReader().read();
  const elapsedMs = performance.now() - startedAt;
  child.stdin.end();
  await child.exited;
  return { elapsedMs, cpuMs: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1_000 };
}
