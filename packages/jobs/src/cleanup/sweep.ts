import type { JobsDeps } from '../deps.ts';
import { freeLeases } from '../runs/free-leases.ts';
import { publishDueJobs } from '../runs/publish-due-jobs.ts';
import { dropBatches } from './drop-batches.ts';
import { dropKeys } from './drop-keys.ts';
import { expireJobs } from './expire-jobs.ts';
import { finishDeletions } from './finish-deletions.ts';
import { searchOrphans } from './search-orphans.ts';
import { withSweepLease } from './sweep-lease.ts';

/** What a sweep is told. */
export interface SweepSettings {
  /** 0 keeps every job. */
  retentionDays: number;
  /** How long the search for unnamed objects rests between two walks through the bucket; left out, 30. */
  searchEverySeconds?: number;
  /** Called for each step that fails. */
  onFailure?: () => void;
  /** Called for each job that ended in `internal_error`, since it was begun too often. */
  onEnd?: () => void;
}

/** What one pass did. */
export interface SweepReport {
  /** Runs taken back. */
  freed: number;
  published: number;
  /** Jobs whose retention is over. */
  expired: number;
  /** Idempotency keys. */
  keys: number;
  /** Batches without a job. */
  batches: number;
  /** Rows of deletions that are finished. */
  deleted: number;
  /** Objects that no row named. */
  removed: number;
}

const searchEverySeconds = 30;

/**
 * One pass over the rows, by one sweeper in the whole fleet: wakes the jobs that nobody works on. Needs no store.
 *
 * Each step is bounded, and one that fails is logged and does not keep the others from their turn.
 */
export async function sweepJobs(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  { retentionDays, onFailure, onEnd }: SweepSettings,
): Promise<Pick<SweepReport, 'freed' | 'published' | 'expired' | 'keys' | 'batches'>> {
  const told = { ...deps, onFailure };
  const pass = await withSweepLease(deps, 'jobs', async () => ({
    freed: await step(told, 'free leases', () => freeLeases(deps, onEnd)),
    published: await step(told, 'publish due jobs', () => publishDueJobs(deps)),
    expired: await step(told, 'expire jobs', () => expireJobs(deps, retentionDays)),
    keys: await step(told, 'drop keys', () => dropKeys(deps)),
    batches: await step(told, 'drop batches', () => dropBatches(deps)),
  }));
  return pass ?? { freed: 0, published: 0, expired: 0, keys: 0, batches: 0 };
}

/** One pass over the store, as {@link sweepJobs} over the rows: finishes deletions, removes what no row names. */
export async function sweepObjects(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  settings: SweepSettings,
): Promise<Pick<SweepReport, 'deleted' | 'removed'>> {
  const everySeconds = settings.searchEverySeconds ?? searchEverySeconds;
  const told = { ...deps, onFailure: settings.onFailure };
  const pass = await withSweepLease(deps, 'objects', async (signal) => ({
    deleted: await step(told, 'finish deletions', () => finishDeletions(deps, signal)),
    removed: await step(told, 'search unnamed objects', () => searchOrphans(deps, { everySeconds, signal })),
  }));
  return pass ?? { deleted: 0, removed: 0 };
}

type StepDeps = Pick<JobsDeps, 'log'> & { onFailure: (() => void) | undefined };

async function step({ log, onFailure }: StepDeps, name: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    onFailure?.();
    log.warn({ error, step: name }, 'a step of the sweep failed; the next pass tries again');
    return 0;
  }
}
