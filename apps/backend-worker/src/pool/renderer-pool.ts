import { AppError } from '@thumbnail-api/errors';
import type { RenderResult, RenderTask } from '@thumbnail-api/renderer-protocol';
import type { Logger } from '@thumbnail-api/telemetry';
import { createSlots } from './slots.ts';
import type { RendererCommand } from './spawn-renderer.ts';
import { type Renderer, startRenderer } from './start-renderer.ts';
import { residentBytes } from './watch-memory.ts';

/** What a pool is made of. */
export interface RendererPoolOptions extends RendererCommand {
  /** Renderers, and so tasks at a time. */
  size: number;
  renderTimeoutMs: number;
  /** Resident memory of one renderer, in bytes. */
  renderMemoryBytes: number;
  /** ShutdownSignal of each renderer that is replaced: it is gone, or has done its share. */
  onReplace: (reason: 'died' | 'spent') => void;
  log: Logger;
}

/** How one task is carried out. */
export interface TaskOptions {
  signal?: AbortSignal;
  /** In a renderer that has done nothing yet: what others have left in one takes of its memory. */
  fresh?: boolean;
}

/** Renderers that wait for tasks; each task has one to itself. */
export interface RendererPool {
  /**
   * Renders in the next free renderer; a task that kills its renderer harms itself alone.
   *
   * @throws AppError with a code of a job, `render_timeout` and `render_crashed` among them; or the reason of the signal
   */
  render: (task: RenderTask, options?: TaskOptions) => Promise<RenderResult>;
  /** Kills every renderer and returns when they are gone; tasks that still run or wait end in `internal_error`. */
  close: () => Promise<void>;
  /** Process ids of the renderers that are alive. */
  pids: () => number[];
}

interface Slot {
  renderer: Renderer;
  tasks: number;
}

const closing = () => new AppError('internal_error', 'The worker is shutting down.', { retryable: true });
// After so many tasks a renderer makes room for a fresh one, so that no leak of a decoder grows for ever.
const tasksMax = 4_000;

/** Starts `size` renderers, and a fresh one for each that is gone or has grown too large. Whoever opens it closes it. */
export function openRendererPool(options: RendererPoolOptions): RendererPool {
  const { size, renderTimeoutMs: timeoutMs, renderMemoryBytes: memoryBytes, onReplace, log } = options;
  const slots = Array.from({ length: size }, (): Slot => ({ renderer: startRenderer(options), tasks: 0 }));
  const places = createSlots(slots);
  let closed = false;

  function replace(slot: Slot): void {
    const { pid } = slot.renderer;
    onReplace(slot.renderer.isGone() ? 'died' : 'spent');
    void slot.renderer.kill(closing());
    slot.renderer = startRenderer(options);
    log.info({ pid, tasks: slot.tasks, freshPid: slot.renderer.pid }, 'a renderer was replaced');
    slot.tasks = 0;
  }

  async function render(task: RenderTask, { signal, fresh = false }: TaskOptions = {}): Promise<RenderResult> {
    const slot = await places.acquire(signal);
    try {
      if ((slot.renderer.isGone() || (fresh && slot.tasks > 0)) && !closed) replace(slot);
      slot.tasks += 1;
      return await slot.renderer.render(task, { timeoutMs, memoryBytes, signal });
    } finally {
      log.debug({ jobId: task.jobId, pid: slot.renderer.pid, peakBytes: slot.renderer.peakBytes() }, 'a task ended');
      if (isSpent(slot, memoryBytes) && !closed) replace(slot);
      places.release(slot);
    }
  }

  async function close(): Promise<void> {
    closed = true;
    places.close(closing);
    await Promise.all(slots.map(({ renderer }) => renderer.kill(closing())));
  }

  const pids = () => slots.filter(({ renderer }) => !renderer.isGone()).map(({ renderer }) => renderer.pid);
  return { render, close, pids };
}

function isSpent({ renderer, tasks }: Slot, memoryBytes: number): boolean {
  return renderer.isGone() || tasks >= tasksMax || residentBytes(renderer.pid) > memoryBytes / 3;
}
