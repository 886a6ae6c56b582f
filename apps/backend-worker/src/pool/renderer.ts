import { AppError, internalErrorMessage } from '@thumbnail-api/errors';
import type { RenderFailure } from '@thumbnail-api/renderer-protocol';
import { enforceLimits, type TaskLimits } from './enforce-limits.ts';
import { Exchange, PipeEnded } from './exchange.ts';
import type { Rendering, RenderTask } from './render-task.ts';
import type { RendererCommand } from './renderer-command.ts';
import { type RendererProcess, spawnRenderer } from './spawn-renderer.ts';

/** starting -> ready -> busy -> ready, and from each of them to gone, which is final. */
type State = { name: 'starting' | 'ready' | 'busy' } | { name: 'gone'; reason: unknown };

/** Generous, because a machine that is busy or still reads its disk starts a renderer slowly. */
const startTimeoutMs = 60_000;

/** A child process that renders one task at a time. It runs until it is killed, crashes, lies, or this process exits. */
export class Renderer {
  readonly pid: number;
  readonly #process: RendererProcess;
  readonly #exchange: Exchange;
  readonly #started: Promise<void>;
  readonly #exited: Promise<void>;
  #state: State = { name: 'starting' };
  #peakBytes = 0;

  /** Starts the process. `onStarted` gets the seconds until it was ready. */
  constructor(command: RendererCommand, onStarted: (seconds: number) => void) {
    this.#process = spawnRenderer(command);
    this.pid = this.#process.pid;
    this.#exchange = new Exchange(this.#process);
    this.#exited = this.#process.exited.then((exit) => this.#onExit(exit));
    this.#started = this.#start(onStarted);
    this.#started.catch(() => undefined);
  }

  /** True once the process was killed or has exited: it accepts no more tasks. */
  get isGone(): boolean {
    return this.#state.name === 'gone';
  }

  /** The largest resident memory during the last task, in bytes. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /**
   * Renders a task, after the start if necessary. A task that has begun fails only after the renderer has answered or its
   * process has exited.
   *
   * @throws AppError with a code of a job, or the reason of the signal
   */
  async render(task: RenderTask, limits: TaskLimits): Promise<Rendering> {
    await raceSignal(this.#started, limits.signal);
    limits.signal?.throwIfAborted();
    if (this.#state.name === 'gone') throw internalError(this.#state.reason);
    this.#state = { name: 'busy' };
    const liftLimits = enforceLimits(this.pid, limits, (error) => this.kill(error));
    try {
      const answer = await this.#exchange.run(task, limits.memoryBytes).catch((error) => this.#fail(error, crashError));
      if ('code' in answer) throw toError(answer);
      return answer;
    } finally {
      this.#peakBytes = liftLimits();
      if (this.#state.name === 'busy') this.#state = { name: 'ready' };
    }
  }

  /** Kills the process and returns when it has exited. What waits for the start or for an answer fails with `reason`. */
  kill(reason: unknown): Promise<void> {
    this.#leave(reason);
    this.#process.kill();
    return this.#exited;
  }

  async #start(onStarted: (seconds: number) => void): Promise<void> {
    const startedAt = performance.now();
    const timer = setTimeout(() => this.kill(internalError(new Error('the start timed out'))), startTimeoutMs);
    try {
      await this.#exchange.awaitReady().catch((error) => this.#fail(error, internalError));
    } finally {
      clearTimeout(timer);
    }
    if (this.#state.name === 'starting') this.#state = { name: 'ready' };
    onStarted((performance.now() - startedAt) / 1_000);
  }

  /** Fails what the renderer was asked for, once its process has exited: because it lied, or because it exits. */
  async #fail(error: unknown, toReason: (cause: unknown) => unknown): Promise<never> {
    if (error instanceof PipeEnded) await this.#exited;
    else await this.kill(toReason(error));
    throw this.#state.name === 'gone' ? this.#state.reason : error;
  }

  #onExit(exit: Error): void {
    this.#leave(this.#state.name === 'busy' ? crashError(exit) : internalError(exit));
  }

  /** Moves to `gone`; the first reason is kept. */
  #leave(reason: unknown): void {
    if (this.#state.name !== 'gone') this.#state = { name: 'gone', reason };
  }
}

/** Waits for `promise`, or throws the reason of the signal if that is aborted first. */
async function raceSignal(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  await Promise.race([promise, aborted.promise]).finally(() => signal?.removeEventListener('abort', abort));
}

const crashError = (cause: unknown) =>
  new AppError('render_crashed', 'The renderer crashed while it processed the image.', { retryable: true, cause });

const internalError = (cause: unknown) =>
  new AppError('internal_error', internalErrorMessage, { retryable: true, cause });

const toError = ({ code, message, cause }: RenderFailure) =>
  new AppError(code, message, { retryable: code === 'internal_error', ...(cause && { cause: new Error(cause) }) });
