/** Counts the jobs that run in this process. */
export class RunningJobs {
  readonly #running = new Set<Promise<unknown>>();
  #finished = 0;

  /** Runs `work` and counts it while it runs. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      this.#finished += 1;
    }
  }

  /** Jobs that run now. */
  get count(): number {
    return this.#running.size;
  }

  /** Jobs that have finished so far, successfully or not. */
  get finished(): number {
    return this.#finished;
  }

  /** Returns when no job runs. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
