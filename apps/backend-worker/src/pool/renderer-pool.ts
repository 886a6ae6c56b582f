import { AppError } from '@thumbnail-api/errors';
import type { Logger } from '@thumbnail-api/telemetry';
import type { Rendering, RenderTask } from './render-task.ts';
import { Renderer } from './renderer.ts';
import type { RendererCommand } from './renderer-command.ts';
import { Slots } from './slots.ts';
import { residentBytes } from './watch-memory.ts';

/** The settings of a pool. */
export interface RendererPoolOptions extends RendererCommand {
  /** Number of renderers, and so of tasks at a time. */
  size: number;
  renderTimeoutMs: number;
  /** Limit of the resident memory of one renderer, in bytes. */
  renderMemoryBytes: number;
  /** Called for each renderer that is replaced: it died, or it was recycled after many tasks or much memory. */
  onReplace: (reason: 'died' | 'spent') => void;
  /** Called for each renderer that is ready, with the seconds that its start took. No task's time includes them. */
  onStarted: (seconds: number) => void;
  log: Logger;
}

/** How to run one task. */
export interface TaskOptions {
  signal?: AbortSignal;
  /** Whether to use a new renderer. Earlier tasks can leave memory in use. */
  fresh?: boolean;
}

/** Renderer processes that wait for tasks. */
export interface RendererPool {
  /**
   * Renders in the next free renderer. A task that crashes its renderer harms no other task.
   *
   * @throws AppError with a code of a job, `render_timeout` and `render_crashed` among them; or the reason of the signal
   */
  render: (task: RenderTask, options?: TaskOptions) => Promise<Rendering>;
  /** Kills all renderers and returns when they have exited. Unfinished tasks fail with `internal_error`. */
  close: () => Promise<void>;
  /** Process ids of the running renderers. */
  pids: () => number[];
}

interface Slot {
  renderer: Renderer;
  /** Tasks that the renderer has started. */
  tasks: number;
}

// Limits the effect of memory leaks in decoders.
const tasksMax = 4_000;
const closedError = () => new AppError('internal_error', 'The worker is shutting down.', { retryable: true });

/** Starts `size` renderers, and replaces each one that died or uses too much memory. The caller closes the pool. */
export function openRendererPool(options: RendererPoolOptions): RendererPool {
  const { size, renderTimeoutMs: timeoutMs, renderMemoryBytes: memoryBytes, onReplace, onStarted, log } = options;
  const start = () => new Renderer(options, onStarted);
  const all = Array.from({ length: size }, (): Slot => ({ renderer: start(), tasks: 0 }));
  const slots = new Slots(all);
  let isClosed = false;

  function replace(slot: Slot): void {
    const { pid, isGone } = slot.renderer;
    onReplace(isGone ? 'died' : 'spent');
    void slot.renderer.kill(closedError());
    slot.renderer = start();
    log.info({ pid, tasks: slot.tasks, freshPid: slot.renderer.pid }, 'renderer replaced');
    slot.tasks = 0;
  }

  async function render(task: RenderTask, { signal, fresh = false }: TaskOptions = {}): Promise<Rendering> {
    const slot = await slots.acquire(signal);
    try {
      if ((slot.renderer.isGone || (fresh && slot.tasks > 0)) && !isClosed) replace(slot);
      slot.tasks += 1;
      return await slot.renderer.render(task, { timeoutMs, memoryBytes, signal });
    } finally {
      const { pid, peakBytes } = slot.renderer;
      log.debug({ jobId: task.jobId, pid, peakBytes }, 'task finished');
      if (isSpent(slot, memoryBytes) && !isClosed) replace(slot);
      slots.release(slot);
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    slots.close(closedError);
    await Promise.all(all.map(({ renderer }) => renderer.kill(closedError())));
  }

  const pids = () => all.filter(({ renderer }) => !renderer.isGone).map(({ renderer }) => renderer.pid);
  return { render, close, pids };
}

function isSpent({ renderer, tasks }: Slot, memoryBytes: number): boolean {
  return renderer.isGone || tasks >= tasksMax || residentBytes(renderer.pid) > memoryBytes / 3;
}
