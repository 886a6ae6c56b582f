import { AppError } from '@thumbnail-api/errors';
import { watchMemory } from './watch-memory.ts';

/** What holds while a task runs. */
export interface RenderBounds {
  timeoutMs: number;
  /** Resident memory of the renderer, in bytes. */
  memoryBytes: number;
  /** Ends the task and the renderer with it. */
  signal?: AbortSignal | undefined;
}

/**
 * Calls `end` with the error of the task once it leaves its bounds: the time, the memory, or its signal's patience.
 *
 * @returns what lets go of the bounds when the task is over, and gives the most memory that was seen, in bytes
 */
export function enforceLimits(pid: number, bounds: RenderBounds, end: (reason: unknown) => void): () => number {
  const { timeoutMs, memoryBytes, signal } = bounds;
  const timer = setTimeout(() => end(tooLong(timeoutMs)), timeoutMs);
  const memory = watchMemory(pid, memoryBytes, () => end(tooMuch(memoryBytes)));
  const abort = () => end(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    memory.stop();
    signal?.removeEventListener('abort', abort);
    return memory.peakBytes();
  };
}

const tooLong = (timeoutMs: number) =>
  new AppError('render_timeout', `The image takes longer than ${timeoutMs / 1000} seconds to render.`);

const tooMuch = (memoryBytes: number) =>
  new AppError('render_crashed', `The image needs more than ${memoryBytes} bytes of memory to render.`, {
    retryable: true,
    cause: new Error('the renderer was killed above its memory limit'),
  });
