import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import type { RenderTask } from '@thumbnail-api/renderer-protocol';
import { type ObjectStore, openFilesystemStore, originalKey } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import { openRendererPool, type RendererPool, type RendererPoolOptions } from '../src/pool/renderer-pool.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The command of a real renderer. */
export const rendererCommand = [process.execPath, '--no-env-file', pathOf('../../renderer/src/main.ts')];

/** A pool of real renderers with its own object store. */
export interface RendererLab {
  pool: RendererPool;
  store: ObjectStore;
  /** Stores an original and returns the task that renders it. */
  taskFor: (original: Buffer, options?: object) => Promise<RenderTask>;
  /** Kills the renderers and removes the store. */
  close: () => Promise<void>;
}

/**
 * Opens a lab with one renderer, unless the options say otherwise. Without a deadline in the options, a task may take longer
 * than a test. The caller closes the lab.
 */
export function openRendererLab(options: Partial<RendererPoolOptions> = {}): RendererLab {
  const directory = mkdtempSync(join(tmpdir(), 'renderer-lab-'));
  const store = openFilesystemStore(directory);
  const pool = openRendererPool({
    size: 1,
    command: rendererCommand,
    environment: { STORAGE_DIR: directory },
    renderTimeoutMs: 600_000,
    renderMemoryBytes: 512 * 1024 ** 2,
    onReplace: () => undefined,
    onStarted: () => undefined,
    log: createLogger('lab', 'silent'),
    ...options,
  });
  const taskFor = async (original: Buffer, options: object = {}): Promise<RenderTask> => {
    const jobId = Bun.randomUUIDv7();
    await store.put(originalKey(jobId), original, 'application/octet-stream');
    const specs = parseJsonOptions(options, {});
    const limits = { types: imageMediaTypes, maxPixels: 50_000_000, maxOutputPixels: 32_000_000 };
    const sha256 = new Bun.CryptoHasher('sha256').update(original).digest('hex');
    const originalContent = { bytes: original.length, sha256, checksum: null };
    return { jobId, originalKey: originalKey(jobId), originalContent, specs, limits };
  };
  const close = async () => {
    await pool.close();
    rmSync(directory, { recursive: true });
  };
  return { pool, store, taskFor, close };
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
