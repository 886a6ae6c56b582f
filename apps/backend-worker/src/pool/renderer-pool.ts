import type { RendererSharing } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import type { Logger } from '@thumbnail-api/telemetry';
import type { Rendering, RenderTask } from './render-task.ts';
import { Renderer } from './renderer.ts';
import type { RendererCommand } from './renderer-command.ts';
import { RendererSupply } from './renderer-supply.ts';
import { Slots } from './slots.ts';
import { residentBytes } from './watch-memory.ts';

/** The settings of a pool. */
export interface RendererPoolOptions extends RendererCommand {
  /** Number of renderers, and so of tasks at a time. */
  size: number;
  /** Which tasks a renderer may serve before it is replaced: all, those of one owner, or one. */
  sharing: RendererSharing;
  renderTimeoutMs: number;
  /** Limit of the resident memory of one renderer, in bytes. */
  renderMemoryBytes: number;
  /** Called for each renderer that is replaced: it died, or it has served the tasks that it may serve. */
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
  /** Whose task was the last; null if there was none. */
  owner: string | null;
}

// Limits the effect of memory leaks in decoders.
const tasksMax = 4_000;
const closedError = () => new AppError('internal_error', 'The worker is shutting down.', { retryable: true });

/** Starts `size` renderers, and replaces each one that has served the tasks that it may serve. The caller closes the pool. */
export function openRendererPool(options: RendererPoolOptions): RendererPool {
  const { size, renderTimeoutMs: timeoutMs, renderMemoryBytes: memoryBytes, log } = options;
  const supply = new RendererSupply(() => new Renderer(options, options.onStarted), options.sharing !== 'all');
  const all = Array.from({ length: size }, (): Slot => ({ renderer: supply.take(), tasks: 0, owner: null }));
  const slots = new Slots(all);
  let isClosed = false;

  function replace(slot: Slot): void {
    if (isClosed) return;
    const { pid, isGone } = slot.renderer;
    options.onReplace(isGone ? 'died' : 'spent');
    void slot.renderer.kill(closedError());
    slot.renderer = supply.take();
    log.info({ pid, tasks: slot.tasks, freshPid: slot.renderer.pid }, 'renderer replaced');
    slot.tasks = 0;
    slot.owner = null;
  }

  async function render(task: RenderTask, { signal, fresh = false }: TaskOptions = {}): Promise<Rendering> {
    const rank = ({ owner }: Slot) => (owner === task.owner ? 0 : owner === null ? 1 : 2);
    const slot = await slots.acquire(signal, options.sharing === 'owner' ? rank : undefined);
    try {
      const isOthers = options.sharing !== 'all' && slot.owner !== task.owner;
      if (slot.renderer.isGone || (slot.tasks > 0 && (fresh || isOthers))) replace(slot);
      slot.tasks += 1;
      slot.owner = task.owner;
      return await slot.renderer.render(task, { timeoutMs, memoryBytes, signal });
    } finally {
      const { pid, peakBytes } = slot.renderer;
      log.debug({ jobId: task.jobId, pid, peakBytes }, 'task finished');
      if (options.sharing === 'task' || isSpent(slot, memoryBytes)) replace(slot);
      slots.release(slot);
    }
  }

  const renderers = () => [...all.map(({ renderer }) => renderer), ...supply.spares];
  async function close(): Promise<void> {
    isClosed = true;
    slots.close(closedError);
    await Promise.all(renderers().map((renderer) => renderer.kill(closedError())));
  }

  const pids = () => renderers().flatMap(({ isGone, pid }) => (isGone ? [] : [pid]));
  return { render, close, pids };
}

function isSpent({ renderer, tasks }: Slot, memoryBytes: number): boolean {
  return renderer.isGone || tasks >= tasksMax || residentBytes(renderer.pid) > memoryBytes / 3;
}
