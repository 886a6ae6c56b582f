import { AppError, internalErrorMessage } from '@thumbnail-api/errors';
import type { RenderFailure, RenderOrder, RenderResult, RenderTask } from '@thumbnail-api/renderer-protocol';
import { parseMessage } from '@thumbnail-api/renderer-protocol';
import { enforceLimits, type RenderBounds } from './enforce-limits.ts';
import { type RendererCommand, spawnRenderer } from './spawn-renderer.ts';

export type { RendererCommand } from './spawn-renderer.ts';

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

const startMaxMs = 20_000;
const crashed = (cause: unknown) =>
  new AppError('render_crashed', 'The renderer died while it worked on this image.', { retryable: true, cause });
const notStarted = (cause: unknown) => new AppError('internal_error', internalErrorMessage, { retryable: true, cause });

/** Starts a renderer. It lives until it is killed, dies of a task, or this process is gone. */
export function startRenderer(start: RendererCommand): Renderer {
  let current: { task: RenderTask; answer: PromiseWithResolvers<RenderResult> } | null = null;
  let reason: unknown;
  let gone = false;
  let peakBytes = 0;
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  const child = spawnRenderer(start, receive);
  const starting = setTimeout(() => kill(notStarted(new Error('not ready in time'))), startMaxMs);
  const ended = child.death.then((death) => {
    gone = true;
    clearTimeout(starting);
    ready.reject(reason ?? notStarted(death));
    current?.answer.reject(reason ?? crashed(death));
  });

  function kill(why: unknown): Promise<void> {
    reason ??= why;
    gone = true;
    child.kill();
    return ended;
  }

  function receive(sent: unknown): void {
    try {
      const message = parseMessage(sent, current?.task ?? null);
      if ('failure' in message) current?.answer.reject(toError(message.failure));
      else if ('result' in message) current?.answer.resolve(message.result);
      else ready.resolve(clearTimeout(starting));
    } catch (error) {
      void kill(crashed(error));
    }
  }

  async function untilReady(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    await Promise.race([ready.promise, left.promise]).finally(() => signal?.removeEventListener('abort', leave));
  }

  async function render(task: RenderTask, bounds: RenderBounds): Promise<RenderResult> {
    await untilReady(bounds.signal);
    bounds.signal?.throwIfAborted();
    if (gone) throw notStarted(reason);
    const answer = Promise.withResolvers<RenderResult>();
    current = { task, answer };
    const release = enforceLimits(child.pid, bounds, kill);
    try {
      const { memoryBytes, timeoutMs } = bounds;
      child.send({ task, allowance: { memoryBytes, timeoutMs } } satisfies RenderOrder);
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
