import { AppError } from '@thumbnail-api/errors';
import { expireJobs } from '../deletion/expire-jobs.ts';
import { finishDeletions } from '../deletion/finish-deletions.ts';
import type { JobsDeps } from '../deps.ts';
import { freeLeases } from '../runs/free-leases.ts';
import { publishDueJobs } from '../runs/publish-due-jobs.ts';
import { forgetTurns } from '../turns/forget-turns.ts';
import { deleteEmptyBatches } from './delete-empty-batches.ts';
import { deleteExpiredKeys } from './delete-expired-keys.ts';
import { searchOrphans } from './search-orphans.ts';
import { withSweepLease } from './sweep-lease.ts';

/** The settings of a sweep. */
export interface SweepSettings {
  /** 0 keeps every job. */
  retentionDays: number;
  /** The pause between two searches of the bucket for orphans. Default: 30. */
  searchEverySeconds?: number;
  /** How long a quarantined orphan is kept. Default: 7. */
  orphanDays?: number;
  /** How long a deletion marker is kept: longer than any backup of the database. Default: 30. */
  backupDays?: number;
  /** Called for each step that fails. */
  onFailure?: () => void;
  /** Called for each job that ends in `internal_error` because it lost too many leases. */
  onEnd?: () => void;
}

/** What one pass did. */
export interface SweepReport {
  /** Runs ended because their lease had expired. */
  freed: number;
  published: number;
  /** Jobs deleted because their retention was over. */
  expired: number;
  /** Idempotency keys deleted. */
  keys: number;
  /** Empty batches deleted. */
  batches: number;
  /** Rows of finished deletions. */
  deleted: number;
  /** Orphans moved to the quarantine. */
  removed: number;
  /** Objects moved back from the quarantine, because a row names them. */
  restored: number;
  /** Orphans erased after their time in the quarantine. */
  erased: number;
}

const defaults = { searchEverySeconds: 30, orphanDays: 7, backupDays: 30 };

/**
 * Runs one pass over the rows: makes jobs run that have no worker or message, and deletes what has expired. Needs no store.
 *
 * Does nothing while another process sweeps. Each step is bounded; one that fails is logged, and the next one runs.
 */
export async function sweepJobs(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  { retentionDays, onFailure, onEnd }: SweepSettings,
): Promise<Pick<SweepReport, 'freed' | 'published' | 'expired' | 'keys' | 'batches'>> {
  const stepDeps = { ...deps, onFailure };
  const report = await withSweepLease(deps, 'jobs', async () => {
    await runStep(stepDeps, 'forget turns', () => forgetTurns(deps));
    return {
      freed: await runStep(stepDeps, 'free leases', () => freeLeases(deps, onEnd)),
      published: await runStep(stepDeps, 'publish due jobs', () => publishDueJobs(deps)),
      expired: await runStep(stepDeps, 'expire jobs', () => expireJobs(deps, retentionDays)),
      keys: await runStep(stepDeps, 'delete expired keys', () => deleteExpiredKeys(deps)),
      batches: await runStep(stepDeps, 'delete empty batches', () => deleteEmptyBatches(deps)),
    };
  });
  return report ?? { freed: 0, published: 0, expired: 0, keys: 0, batches: 0 };
}

/**
 * Runs one pass over the store, as {@link sweepJobs} does over the rows: finishes deletions and quarantines orphans.
 *
 * All processes share the deletions. Only one of them at a time searches for orphans.
 */
export async function sweepObjects(
  deps: Pick<JobsDeps, 'database' | 'store' | 'log'>,
  { onFailure, ...settings }: SweepSettings,
): Promise<Pick<SweepReport, 'deleted' | 'removed' | 'restored' | 'erased'>> {
  const stepDeps = { ...deps, onFailure };
  const { searchEverySeconds: everySeconds, orphanDays, backupDays } = { ...defaults, ...settings };
  const noOrphans = { quarantined: 0, restored: 0, erased: 0 };
  const deleted = await runStep(stepDeps, 'finish deletions', () => finishDeletions(deps));
  const found = await withSweepLease(deps, 'objects', (signal) => {
    const search = { everySeconds, orphanDays, backupDays, signal };
    return runStep(stepDeps, 'search orphans', () => searchOrphans(deps, search), noOrphans);
  });
  const { quarantined, restored, erased } = found ?? noOrphans;
  return { deleted, removed: quarantined, restored, erased };
}

type StepDeps = Pick<JobsDeps, 'log'> & { onFailure: (() => void) | undefined };

function runStep(deps: StepDeps, name: string, work: () => Promise<number>): Promise<number>;
function runStep<T>(deps: StepDeps, name: string, work: () => Promise<T>, nothing: T): Promise<T>;
async function runStep({ log, onFailure }: StepDeps, name: string, work: () => Promise<unknown>, nothing: unknown = 0) {
  try {
    return await work();
  } catch (error) {
    onFailure?.();
    // The queue and the database log their own outages, once each.
    const isOutage = error instanceof AppError && error.code === 'unavailable';
    log[isOutage ? 'debug' : 'warn']({ error, step: name }, 'sweep step failed, retrying in the next pass');
    return nothing;
  }
}
