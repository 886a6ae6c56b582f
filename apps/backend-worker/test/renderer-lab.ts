import { createLogger } from '@thumbnail-api/telemetry';
import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import type { RenderTask } from '../src/pool/render-task.ts';
import { rendererCommand } from '../src/pool/renderer-command.ts';
import { openRendererPool, type RendererPool, type RendererPoolOptions } from '../src/pool/renderer-pool.ts';

/** A pool of real renderers. */
export interface RendererLab {
  pool: RendererPool;
  /** Returns the task that renders an original. */
  taskFor: (original: Buffer, options?: object, owner?: string) => RenderTask;
  /** Kills the renderers. */
  close: () => Promise<void>;
}

/**
 * Opens a lab with one renderer, unless the options say otherwise. Without a deadline in the options, a task may take longer
 * than a test. The caller closes the lab.
 */
export function openRendererLab(options: Partial<RendererPoolOptions> = {}): RendererLab {
  const pool = openRendererPool({
    size: 1,
    sharing: 'all',
    ...rendererCommand(),
    renderTimeoutMs: 600_000,
    renderMemoryBytes: 512 * 1024 ** 2,
    onReplace: () => undefined,
    onStarted: () => undefined,
    log: createLogger('lab', 'silent'),
    ...options,
  });
  const taskFor = (original: Buffer, options: object = {}, owner = 'owner'): RenderTask => ({
    jobId: Bun.randomUUIDv7(),
    owner,
    original,
    specs: parseJsonOptions(options, {}),
    limits: { maxPixels: 50_000_000, maxOutputPixels: 32_000_000 },
  });
  return { pool, taskFor, close: () => pool.close() };
}

/** Returns when `condition` is true; throws after a minute. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition was not met within a minute');
    await Bun.sleep(5);
  }
}

/** Says whether a process with that id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
