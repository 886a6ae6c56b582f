import type { Job } from '../queries/job.ts';

/** The end of a job: it has finished or was deleted. */
export interface JobEnd {
  id: string;
  /** Reads the job, once for all subscribers. Throws `not_found` if it was deleted. */
  job: () => Promise<Job>;
}

/** Receives the end of a job, or nothing if the process shuts down first. */
export type JobEndListener = (end?: JobEnd) => void;

/** The listeners of each unfinished job. */
export class JobEndSubscriptions {
  readonly #listeners = new Map<string, Set<JobEndListener>>();
  readonly #readJob: (id: string) => Promise<Job>;

  constructor(readJob: (id: string) => Promise<Job>) {
    this.#readJob = readJob;
  }

  /** The ids of the jobs that have listeners. */
  get ids(): string[] {
    return [...this.#listeners.keys()];
  }

  add(ids: string[], listener: JobEndListener): void {
    for (const id of ids) this.#listeners.set(id, (this.#listeners.get(id) ?? new Set()).add(listener));
  }

  remove(ids: string[], listener: JobEndListener): void {
    for (const id of ids) {
      const listeners = this.#listeners.get(id);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#listeners.delete(id);
    }
  }

  /** Calls the listeners of a job and removes them. */
  announce(id: string): void {
    const listeners = this.#listeners.get(id) ?? [];
    this.#listeners.delete(id);
    let reading: Promise<Job> | undefined;
    const job = () => {
      reading ??= this.#readJob(id);
      return reading;
    };
    for (const listener of listeners) listener({ id, job });
  }

  /** Calls every listener once without an end, and removes them all. */
  clear(): void {
    const listeners = new Set([...this.#listeners.values()].flatMap((each) => [...each]));
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
