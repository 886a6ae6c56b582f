import type { JobsDeps } from '../deps.ts';
import { correctTurns } from './correct-turns.ts';

const writeEveryMs = 1_000;

/** Sums the corrections of many runs by owner, and writes them at most once a second. */
export class TurnCorrections {
  readonly #deps: Pick<JobsDeps, 'database' | 'log'>;
  readonly #everyMs: number;
  readonly #sums = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: Pick<JobsDeps, 'database' | 'log'>, everyMs = writeEveryMs) {
    this.#deps = deps;
    this.#everyMs = everyMs;
  }

  /** Adds what a run took beyond its estimate, in milliseconds. */
  add(owner: string, ms: number): void {
    this.#sums.set(owner, (this.#sums.get(owner) ?? 0) + ms);
    this.#timer ??= setTimeout(() => this.#write(), this.#everyMs);
  }

  /** Writes what has not been written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const corrections = [...this.#sums].map(([owner, ms]) => ({ owner, ms }));
    this.#sums.clear();
    // The database logs its own outages.
    await correctTurns(this.#deps, corrections).catch((error) =>
      this.#deps.log.debug({ error }, 'turns not corrected, their estimates stay'),
    );
  }
}
