import { waitUntil } from '@thumbnail-api/testing';
import { forgottenKeys } from '../checker/check-history.ts';
import { listObjects } from '../checker/read-state.ts';
import type { Stack } from '../stack/start-stack.ts';
import type { Fleet } from './start-fleet.ts';

/** Much longer than lease, sweep interval and the longest back-off together, so that a slow machine still makes progress. */
const progressDeadlineMs = 120_000;
/** Longer than the sweep takes to quarantine an orphan that it may judge: twice the upload deadline, and the margins. */
const orphanDeadlineMs = 75_000;

interface Unsettled {
  jobs: number;
  orphans: number;
}

/**
 * Waits until every job has ended and every object has a row. Returns without an error when there was no progress for two
 * minutes: the checker then reports what is left.
 */
export async function waitUntilSettled(fleet: Pick<Fleet, 'stack' | 'forgotten'>): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let progressAt = performance.now();
  let isQuiet = false;
  do {
    // Postgres may still be starting after a disruption.
    const left = await countUnsettled(fleet).catch(() => null);
    const count = left ? left.jobs + left.orphans : Number.POSITIVE_INFINITY;
    if (count < least) progressAt = performance.now();
    least = Math.min(least, count);
    isQuiet = performance.now() - progressAt > (left?.jobs === 0 ? orphanDeadlineMs : progressDeadlineMs);
    await Bun.sleep(200);
  } while (least > 0 && !isQuiet);
}

/**
 * Moves every orphan to the quarantine, as an operator does: the sweep leaves alone what was stored around a restart or a
 * restore of Postgres.
 */
export async function quarantineOrphans({ runAdmin }: Pick<Stack, 'runAdmin'>): Promise<void> {
  // The command refuses while a worker sweeps, and on a slow machine the workers sweep most of the time.
  await waitUntil('the sweep is done', async () => (await runAdmin('sweep', '--confirm')) === 0, progressDeadlineMs);
}

async function countUnsettled({ stack, forgotten }: Pick<Fleet, 'stack' | 'forgotten'>): Promise<Unsettled> {
  const { sql, bucket } = stack;
  // Starts the next scan for orphans now, without the pause of half a minute between scans.
  await sql`update installation set scan_after = now() where scan_cursor = ''`;
  const [unfinished] = await sql`select count(*)::int as jobs from jobs where status not in ('success', 'error')`;
  const rows = await sql`select 'originals/' || id as key from images union all select key from thumbnails`;
  const keys = new Set([...rows.map(({ key }) => String(key)), ...forgottenKeys(forgotten)]);
  const orphans = (await listObjects(bucket)).filter((key) => !keys.has(key)).length;
  return { jobs: Number(unfinished?.jobs), orphans };
}
