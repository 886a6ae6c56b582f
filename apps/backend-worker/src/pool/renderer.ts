import { AppError, internalErrorMessage } from '@thumbnail-api/errors';
import {
  parseMessage,
  type RenderFailure,
  type RenderOrder,
  type RenderResult,
  type RenderTask,
} from '@thumbnail-api/renderer-protocol';
import { enforceLimits, type TaskLimits } from './enforce-limits.ts';
import type { RendererCommand } from './renderer-command.ts';
import { type RendererProcess, spawnRenderer } from './spawn-renderer.ts';

type Starting = { name: 'starting'; started: PromiseWithResolvers<void> };
type Busy = { name: 'busy'; task: RenderTask; answer: PromiseWithResolvers<RenderResult> };
/** Killed or exited. `reject` fails what waits for the start or for an answer, once the process has exited. */
type Gone = { name: 'gone'; reason: unknown; reject: (reason: unknown) => void };

/** starting -> ready -> busy -> ready, and from each of them to gone, which is final. */
type State = Starting | { name: 'ready' } | Busy | Gone;

/** Generous, because a machine that is busy or still reads its disk starts a renderer slowly. */
const startTimeoutMs = 60_000;

/** A child process that renders one task at a time. It runs until it is killed, crashes, or this process exits. */
export class Renderer {
  readonly pid: number;
  readonly #process: RendererProcess;
  readonly #exited: Promise<void>;
  readonly #startTimer: ReturnType<typeof setTimeout>;
  #state: State;
  readonly #onStarted: (seconds: number) => void;
  readonly #startedAt = performance.now();
  #peakBytes = 0;

  /** Starts the process. `onStarted` gets the seconds until it was ready. */
  constructor(command: RendererCommand, onStarted: (seconds: number) => void) {
    this.#onStarted = onStarted;
    const started = Promise.withResolvers<void>();
    started.promise.catch(() => undefined);
    this.#state = { name: 'starting', started };
    this.#process = spawnRenderer(command, (message) => this.#receive(message));
    this.pid = this.#process.pid;
    this.#exited = this.#process.exited.then((exit) => this.#onExit(exit));
    this.#startTimer = setTimeout(() => this.kill(internalError(new Error('the start timed out'))), startTimeoutMs);
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
  async render(task: RenderTask, limits: TaskLimits): Promise<RenderResult> {
    const { memoryBytes, timeoutMs, signal } = limits;
    if (this.#state.name === 'starting') await raceSignal(this.#state.started.promise, signal);
    signal?.throwIfAborted();
    if (this.#state.name === 'gone') throw internalError(this.#state.reason);
    const answer = Promise.withResolvers<RenderResult>();
    this.#state = { name: 'busy', task, answer };
    const liftLimits = enforceLimits(this.pid, limits, (error) => this.kill(error));
    try {
      this.#process.send({ task, budget: { memoryBytes, timeoutMs } } satisfies RenderOrder);
      return await answer.promise;
    } finally {
      this.#peakBytes = liftLimits();
      if (!this.isGone) this.#state = { name: 'ready' };
    }
  }

  /** Kills the process and returns when it has exited. What waits for the start or for an answer fails with `reason`. */
  kill(reason: unknown): Promise<void> {
    this.#leave(reason);
    this.#process.kill();
    return this.#exited;
  }

  #receive(sent: unknown): void {
    if (this.#state.name === 'gone') return;
    try {
      const task = this.#state.name === 'busy' ? this.#state.task : null;
      const message = parseMessage(sent, task);
      if ('ready' in message) this.#onReady();
      else if (this.#state.name === 'busy' && 'result' in message) this.#state.answer.resolve(message.result);
      else if (this.#state.name === 'busy' && 'failure' in message) this.#state.answer.reject(toError(message.failure));
    } catch (error) {
      void this.kill(crashError(error));
    }
  }

  #onReady(): void {
    if (this.#state.name !== 'starting') throw new Error('a renderer reported twice that it is ready');
    clearTimeout(this.#startTimer);
    this.#onStarted((performance.now() - this.#startedAt) / 1_000);
    this.#state.started.resolve();
    this.#state = { name: 'ready' };
  }

  #onExit(exit: Error): void {
    clearTimeout(this.#startTimer);
    const { reason, reject } = this.#leave(this.#state.name === 'busy' ? crashError(exit) : internalError(exit));
    reject(reason);
  }

  /** Moves to `gone`; the first reason is kept. */
  #leave(reason: unknown): Gone {
    if (this.#state.name === 'gone') return this.#state;
    const gone: Gone = { name: 'gone', reason, reject: rejecterOf(this.#state) };
    this.#state = gone;
    return gone;
  }
}

function rejecterOf(state: Exclude<State, Gone>): Gone['reject'] {
  if (state.name === 'starting') return state.started.reject;
  return state.name === 'busy' ? state.answer.reject : () => undefined;
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

const toError = ({ code, message, retryable, cause }: RenderFailure) =>
  new AppError(code, message, { retryable, ...(cause && { cause: new Error(cause) }) });
