import { AppError } from '@thumbnail-api/errors';
import { watchMemory } from './watch-memory.ts';

/** What ends a task early. */
export interface TaskLimits {
  /** Time from the order to the answer. */
  timeoutMs: number;
  /** Resident memory of the renderer. */
  memoryBytes: number;
  signal?: AbortSignal | undefined;
}

/**
 * Calls `onExceeded` with the error of the task when it exceeds its time or its memory, or with the reason of its signal
 * when that is aborted.
 *
 * @returns a function that lifts the limits and returns the peak of resident memory in bytes
 */
export function enforceLimits(pid: number, limits: TaskLimits, onExceeded: (error: unknown) => void): () => number {
  const { timeoutMs, memoryBytes, signal } = limits;
  const timer = setTimeout(() => onExceeded(timeoutError(timeoutMs)), timeoutMs);
  const memory = watchMemory(pid, memoryBytes, () => onExceeded(memoryError(memoryBytes)));
  const abort = () => onExceeded(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    memory.stop();
    signal?.removeEventListener('abort', abort);
    return memory.peakBytes();
  };
}

const timeoutError = (timeoutMs: number) =>
  new AppError('render_timeout', `Rendering the image took longer than ${timeoutMs / 1000} seconds.`);

const memoryError = (memoryBytes: number) =>
  new AppError('render_crashed', `Rendering the image needed more than ${memoryBytes} bytes of memory.`, {
    retryable: true,
    cause: new Error('the renderer exceeded its memory limit and was killed'),
  });
