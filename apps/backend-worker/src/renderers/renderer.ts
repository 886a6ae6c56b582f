import { AppError } from '@thumbnail-api/errors';
import type { RenderFailure, RenderOrder, RenderResult, RenderTask } from '../renderer/render-task.ts';
import { holdBounds, type RenderBounds } from './hold-bounds.ts';
import { parseMessage } from './parse-message.ts';
import { readTail } from './read-tail.ts';

/** How a renderer is started. */
export interface RendererStart {
  /** The program and its arguments. */
  command: string[];
  /** All that it finds in its environment. */
  environment: Record<string, string>;
}

/** One child process that renders one task at a time. */
export interface Renderer {
  readonly pid: number;
  /** True once it was killed or died by itself: it takes no more tasks. */
  isGone: () => boolean;
  /**
   * Hands over a task and gives its result, or throws once the renderer has answered or is really gone.
   *
   * @throws AppError with a code of a job; or the reason of the signal
   */
  render: (task: RenderTask, bounds: RenderBounds) => Promise<RenderResult>;
  /** The most resident memory seen during the last task, in bytes. */
  peakBytes: () => number;
  /** Kills it, without a chance to object, and returns when it is gone. `reason` is thrown to a running task. */
  kill: (reason: unknown) => Promise<void>;
}

// glibc gives freed memory back only when told so: without this a renderer grew from 110 to 370 MB over 360 tasks.
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };
const startMaxMs = 20_000;
const lastWordsMaxChars = 1_500;
const crashed = (cause: unknown) =>
  new AppError('render_crashed', 'The renderer died while it worked on this image.', { retryable: true, cause });
const notStarted = (cause: unknown) =>
  new AppError('internal_error', 'Something went wrong on our side.', { retryable: true, cause });

/** Starts a renderer. It lives until it is killed, dies of a task, or this process is gone. */
export function startRenderer({ command, environment }: RendererStart): Renderer {
  let current: { task: RenderTask; answer: PromiseWithResolvers<RenderResult> } | null = null;
  let reason: unknown;
  let gone = false;
  let peakBytes = 0;
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);

  const child = Bun.spawn(command, {
    env: { ...allocator, ...environment },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    serialization: 'json',
    ipc: receive,
  });
  const starting = setTimeout(() => kill(notStarted(new Error('not ready in time'))), startMaxMs);
  const lastWords = readTail(child.stderr, lastWordsMaxChars);
  const ended = child.exited.then(async () => {
    gone = true;
    clearTimeout(starting);
    const end = `the renderer ended with code ${child.exitCode}, signal ${child.signalCode}`;
    const death = new Error(`${end}: ${await lastWords}`);
    ready.reject(reason ?? notStarted(death));
    current?.answer.reject(reason ?? crashed(death));
  });

  function kill(why: unknown): Promise<void> {
    reason ??= why;
    gone = true;
    child.kill('SIGKILL');
    return ended;
  }

  function receive(sent: unknown): void {
    try {
      const message = parseMessage(sent, current?.task ?? null);
      if ('ready' in message) ready.resolve();
      else if ('result' in message) current?.answer.resolve(message.result);
      else current?.answer.reject(toError(message.failure));
    } catch (error) {
      void kill(crashed(error));
    }
  }

  async function render(task: RenderTask, bounds: RenderBounds): Promise<RenderResult> {
    await ready.promise;
    clearTimeout(starting);
    bounds.signal?.throwIfAborted();
    const answer = Promise.withResolvers<RenderResult>();
    current = { task, answer };
    const release = holdBounds(child.pid, bounds, kill);
    try {
      child.send({ task, memoryBytes: bounds.memoryBytes } satisfies RenderOrder);
      return await answer.promise;
    } finally {
      peakBytes = release();
      current = null;
    }
  }

  return { pid: child.pid, isGone: () => gone, peakBytes: () => peakBytes, render, kill };
}

const toError = ({ code, message, retryable, cause }: RenderFailure) =>
  new AppError(code, message, { retryable, ...(cause && { cause: new Error(cause) }) });
