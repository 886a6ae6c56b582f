import type { Logger } from '@thumbnail-api/telemetry';
import { WorkerStopping } from './deps.ts';

/** What a gate probes, how often, and whom it tells. */
export interface StoreGateOptions {
  /** Throws while the store is unavailable. */
  probe: () => Promise<void>;
  /** The pause before the next probe of a closed gate, by the number of probes that have failed. Default: {@link probePauseMs}. */
  pauseMs?: (failed: number) => number;
  onOutage: () => void;
  log: Logger;
}

type GateState =
  | { name: 'open' }
  | { name: 'closed'; since: number; opened: PromiseWithResolvers<void>; timer?: ReturnType<typeof setTimeout> }
  | { name: 'stopped' };

const pauseFirstMs = 500;
const pauseMaxMs = 5_000;

/** Half a second, then twice as long each time, up to 5 s; with jitter over the upper half. */
export const probePauseMs = (failed: number): number =>
  Math.min(pauseMaxMs, pauseFirstMs * 2 ** (failed - 1)) * (0.5 + Math.random() / 2);

/**
 * Keeps the worker from claiming jobs while the object store is unavailable.
 *
 *     open -- a run and then a probe failed --> closed -- a probe succeeded --> open
 *        '------------------ stop -----------------'----> stopped
 */
export class StoreGate {
  readonly #options: StoreGateOptions;
  #state: GateState = { name: 'open' };
  #probing: Promise<void> | undefined;

  constructor(options: StoreGateOptions) {
    this.#options = options;
  }

  /** Whether the store is unavailable as far as this worker knows. */
  get isClosed(): boolean {
    return this.#state.name === 'closed';
  }

  /**
   * Returns when jobs may be claimed.
   *
   * @throws WorkerStopping if the gate is stopped meanwhile
   */
  async pass(): Promise<void> {
    while (this.#state.name === 'closed') await this.#state.opened.promise;
  }

  /** Finds out whether the store is down after a run has failed to use it. If so, closes the gate until a probe succeeds. */
  async isStoreDown(): Promise<boolean> {
    if (this.#state.name === 'closed') return true;
    try {
      await this.#probe();
      return false;
    } catch (error) {
      if (this.#state.name === 'open') this.#close(error);
      return true;
    }
  }

  /** Rejects the messages that wait. The gate does not close again. */
  stop(): void {
    const { opened, timer } = this.#state.name === 'closed' ? this.#state : {};
    clearTimeout(timer);
    this.#state = { name: 'stopped' };
    opened?.reject(new WorkerStopping('the worker is shutting down'));
  }

  /** Runs that fail together share one probe. A result that is not new is never used. */
  #probe(): Promise<void> {
    this.#probing ??= this.#options.probe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  #close(error: unknown): void {
    const { log, onOutage } = this.#options;
    const opened = Promise.withResolvers<void>();
    opened.promise.catch(() => undefined);
    this.#state = { name: 'closed', since: performance.now(), opened };
    onOutage();
    log.error({ error }, 'object store unavailable, no jobs are started until it recovers');
    this.#probeLater(1);
  }

  #probeLater(failed: number): void {
    if (this.#state.name !== 'closed') return;
    const { pauseMs = probePauseMs } = this.#options;
    this.#state.timer = setTimeout(() => this.#probeAgain(failed), pauseMs(failed));
  }

  async #probeAgain(failed: number): Promise<void> {
    try {
      await this.#probe();
    } catch {
      return this.#probeLater(failed + 1);
    }
    if (this.#state.name !== 'closed') return;
    const { since, opened } = this.#state;
    this.#state = { name: 'open' };
    opened.resolve();
    this.#options.log.info(
      { ms: Math.round(performance.now() - since) },
      'object store recovered, jobs are started again',
    );
  }
}
