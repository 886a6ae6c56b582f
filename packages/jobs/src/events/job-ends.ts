import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import { anyOwner } from '../queries/visible-owner.ts';
import { endedChannel } from './announce-end.ts';
import { findEnded } from './find-ended.ts';
import { type JobEndListener, JobEndSubscriptions } from './job-end-subscriptions.ts';

/** The ends of jobs, whichever process ended them. */
export interface JobEnds {
  /**
   * Calls `listener` once for each of `ids` when it ends, also if it has ended already; and once without an end if
   * {@link JobEnds.close} comes first.
   *
   * @returns a function that unsubscribes
   */
  subscribe(ids: string[], listener: JobEndListener): () => void;
  /** Calls every listener without an end and closes the connection. */
  close(): Promise<void>;
}

type JobEndsDeps = Pick<JobsDeps, 'database' | 'log'>;

/**
 * Opens one connection that listens for the ends of jobs, for any number of subscribers.
 *
 * Announcements can be lost, so every `rereadMs` one statement also reads all subscribed jobs. If it finds an end that was not
 * announced, it replaces the connection.
 */
export const openJobEnds = (deps: JobEndsDeps, rereadMs = 1_000): JobEnds => new JobEndsWatcher(deps, rereadMs);

/** An end that is older than this was announced by now, or never will be. */
const announcedWithinMs = 500;

/**
 * | state     | next state, and when |
 * |-----------|----------------------|
 * | idle      | scheduled: a subscription; reading: LISTEN has started |
 * | scheduled | reading: after `rereadMs`, or LISTEN has started |
 * | reading   | reading: LISTEN has started since; else scheduled with subscriptions, idle without |
 *
 * Every state becomes `closed`, which is final.
 */
type State =
  | { name: 'idle' }
  | { name: 'scheduled'; timer: ReturnType<typeof setTimeout> }
  | { name: 'reading'; done: Promise<void> }
  | { name: 'closed' };

class JobEndsWatcher implements JobEnds {
  readonly #deps: JobEndsDeps;
  readonly #rereadMs: number;
  readonly #subscriptions: JobEndSubscriptions;
  #state: State = { name: 'idle' };
  #stopListening: (() => Promise<void>) | null = null;
  /** LISTEN has started since the last read: earlier ends were not announced to this process. */
  #hasJustListened = false;

  constructor(deps: JobEndsDeps, rereadMs: number) {
    this.#deps = deps;
    this.#rereadMs = rereadMs;
    this.#subscriptions = new JobEndSubscriptions((id) => getJob(deps, { id, owner: anyOwner }));
    this.#startReading();
  }

  subscribe(ids: string[], listener: JobEndListener): () => void {
    if (this.#state.name === 'closed') {
      listener();
      return () => undefined;
    }
    this.#subscriptions.add(ids, listener);
    if (this.#state.name === 'idle') this.#schedule();
    return () => this.#subscriptions.remove(ids, listener);
  }

  async close(): Promise<void> {
    const last = this.#state;
    this.#state = { name: 'closed' };
    if (last.name === 'scheduled') clearTimeout(last.timer);
    this.#subscriptions.clear();
    if (last.name === 'reading') await last.done;
    await this.#stopListening?.();
  }

  #schedule(): void {
    this.#state = { name: 'scheduled', timer: setTimeout(() => this.#startReading(), this.#rereadMs) };
  }

  #startReading(): void {
    if (this.#state.name === 'scheduled') clearTimeout(this.#state.timer);
    // Later, so that whatever the read calls finds the new state.
    this.#state = { name: 'reading', done: Promise.resolve().then(() => this.#readOnce()) };
  }

  async #readOnce(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#deps.log.warn({ error }, 'cannot read the ends of jobs, retrying');
    }
    if (this.#state.name === 'closed') return;
    if (this.#hasJustListened) this.#startReading();
    else if (this.#subscriptions.ids.length > 0) this.#schedule();
    else this.#state = { name: 'idle' };
  }

  async #read(): Promise<void> {
    const { database, log } = this.#deps;
    this.#stopListening ??= await database.listen(
      endedChannel,
      (id) => this.#subscriptions.announce(id),
      () => this.#onListening(),
    );
    const isGapExpected = this.#hasJustListened;
    this.#hasJustListened = false;
    const ageMs = isGapExpected ? 0 : announcedWithinMs;
    const { finished, deleted } = await findEnded(this.#deps, this.#subscriptions.ids, ageMs);
    for (const id of [...finished, ...deleted]) this.#subscriptions.announce(id);
    if (finished.length === 0 || isGapExpected) return;
    log.warn({ missed: finished.length }, 'ends of jobs were not announced, listening again');
    const stopListening = this.#stopListening;
    this.#stopListening = null;
    await stopListening();
  }

  /** Called when LISTEN starts, also after the connection was lost and restored. */
  #onListening(): void {
    this.#hasJustListened = true;
    if (this.#state.name === 'idle' || this.#state.name === 'scheduled') this.#startReading();
  }
}
