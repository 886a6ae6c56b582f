import { listObjects } from '../checker/read-state.ts';
import type { Stack } from '../stack/start-stack.ts';

/** Much longer than lease, sweep interval and the longest back-off together, so that a slow machine still makes progress. */
const progressDeadlineMs = 120_000;

/**
 * Waits until every job has ended and every object has a row. Returns without an error when there was no progress for two
 * minutes: the checker then reports what is left.
 */
export async function waitUntilSettled({ sql, bucket }: Pick<Stack, 'sql' | 'bucket'>): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let end = performance.now() + progressDeadlineMs;
  do {
    // Postgres may still be starting after a disruption.
    const left = await countUnsettled({ sql, bucket }).catch(() => Number.POSITIVE_INFINITY);
    if (left < least) end = performance.now() + progressDeadlineMs;
    least = Math.min(least, left);
    await Bun.sleep(200);
  } while (least > 0 && performance.now() < end);
}

async function countUnsettled({ sql, bucket }: Pick<Stack, 'sql' | 'bucket'>): Promise<number> {
  // Starts the next scan for orphans now, without the pause of half a minute between scans.
  await sql`update installation set scan_after = now() where scan_cursor = ''`;
  const [unfinished] = await sql`select count(*)::int as jobs from jobs where status not in ('success', 'error')`;
  const rows = await sql`select 'originals/' || id as key from images union all select key from thumbnails`;
  const keys = new Set(rows.map(({ key }) => String(key)));
  return Number(unfinished?.jobs) + (await listObjects(bucket)).filter((key) => !keys.has(key)).length;
}
