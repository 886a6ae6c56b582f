import { AppError } from '@thumbnail-api/errors';
import { backOff, OutageLog } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import type { Job } from 'bullmq';
import type { BackendWorker } from './backend.ts';

/** How workers are opened and what they do. */
export interface RenewedWorkerOptions {
  /** Opens a worker that handles messages with `process`. */
  open: (process: (message: Job) => Promise<void>) => BackendWorker;
  /** Handles a message. */
  process: (message: Job) => Promise<void>;
  /** The number of messages handled at the same time. */
  concurrency: number;
  log: Logger;
}

type State =
  | { name: 'consuming'; worker: BackendWorker }
  | { name: 'pausing'; timer: ReturnType<typeof setTimeout> }
  | { name: 'closed' };

const pauses = { firstMs: 250, longestMs: 5_000 };

/**
 * Consumes messages with a BullMQ worker, and replaces it after each error of its connection.
 *
 *     consuming -> pausing, longer each time -> consuming, until closed
 *
 * BullMQ repeats a call that fails with an error other than ECONNREFUSED without a pause, and if it could not connect to
 * Postgres at first, forever. A worker that is replaced finishes its messages, but cannot acknowledge them: the queue delivers
 * them again, and they find nothing to claim.
 */
export class RenewedWorker {
  readonly #options: RenewedWorkerOptions;
  readonly #outage: OutageLog;
  /** The messages in progress, and the worker that delivered each. */
  readonly #running = new Map<Promise<void>, BackendWorker>();
  #state: State;
  #failures = 0;

  constructor(options: RenewedWorkerOptions) {
    this.#options = options;
    this.#outage = new OutageLog(options.log, {
      begin: 'queue unavailable, reconnecting',
      end: 'queue available again',
    });
    this.#state = { name: 'consuming', worker: this.#open() };
  }

  /** Returns when the worker is connected and running; throws otherwise. */
  async check(): Promise<void> {
    if (this.#state.name !== 'consuming') throw new AppError('unavailable', 'The queue is unavailable.');
    await this.#state.worker.waitUntilReady();
    if (!this.#state.worker.isRunning()) throw new AppError('unavailable', 'The worker consumes no messages.');
  }

  /** Accepts no more messages and waits for those in progress. */
  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { name: 'closed' };
    if (state.name === 'pausing') clearTimeout(state.timer);
    if (state.name === 'consuming') await state.worker.close();
    await Promise.allSettled(this.#running.keys());
  }

  #open(): BackendWorker {
    const worker = this.#options.open((message) => this.#process(message, worker));
    let locksLost = 0;
    worker.on('lockRenewalFailed', ({ length }) => {
      locksLost += length;
    });
    worker.on('error', (error) => {
      // BullMQ emits one error for each lock that it could not renew, and an error with a negative code for a message that is
      // no longer in the queue. Both concern that message alone.
      if (locksLost > 0) locksLost -= 1;
      else if (isAboutOneMessage(error)) this.#options.log.debug({ error }, 'message is no longer in the queue');
      else this.#onError(worker, error);
    });
    // BullMQ emits no error for a Postgres that refuses the first connection, and never tries again.
    worker.waitUntilReady().catch((error) => this.#onError(worker, error));
    worker.on('active', () => this.#onAnswer(worker));
    worker.on('drained', () => this.#onAnswer(worker));
    return worker;
  }

  async #process(message: Job, worker: BackendWorker): Promise<void> {
    const running = this.#options.process(message);
    this.#running.set(running, worker);
    try {
      await running;
    } finally {
      this.#running.delete(running);
      this.#shareConcurrency();
    }
  }

  #isCurrent = (worker: BackendWorker) => this.#state.name === 'consuming' && this.#state.worker === worker;

  #onAnswer(worker: BackendWorker): void {
    if (!this.#isCurrent(worker)) return;
    this.#failures = 0;
    this.#outage.worked();
  }

  /** Closes the worker in the same tick: BullMQ may otherwise repeat the call before any timer runs. */
  #onError(worker: BackendWorker, error: unknown): void {
    if (!this.#isCurrent(worker)) return;
    this.#failures += 1;
    this.#outage.failed(error);
    const reopen = () => {
      this.#state = { name: 'consuming', worker: this.#open() };
      this.#shareConcurrency();
    };
    this.#state = { name: 'pausing', timer: setTimeout(reopen, backOff(pauses, this.#failures)) };
    worker.close(true).catch(() => undefined);
  }

  /** Leaves room for the messages that earlier workers have not finished. */
  #shareConcurrency(): void {
    if (this.#state.name !== 'consuming') return;
    const { worker } = this.#state;
    const others = [...this.#running.values()].filter((owner) => owner !== worker).length;
    worker.concurrency = Math.max(1, this.#options.concurrency - others);
  }
}

const isAboutOneMessage = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code < 0;
