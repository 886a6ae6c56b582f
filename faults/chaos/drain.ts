import type { Stack } from '../stack/start-stack.ts';

/** Far above lease, sweep and the longest back-off of five tries together; a busy machine may take its time, but gets on. */
const patienceMs = 120_000;

/**
 * Waits until every job has ended and no object is left without a row; gives up quietly when nothing of it has got less for
 * two minutes, the checker says what is left.
 */
export async function drain({ sql, bucket }: Pick<Stack, 'sql' | 'bucket'>): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let end = performance.now() + patienceMs;
  do {
    // A database that was stopped at the very end is still starting.
    const left = await countLeft({ sql, bucket }).catch(() => Number.POSITIVE_INFINITY);
    if (left < least) end = performance.now() + patienceMs;
    least = Math.min(least, left);
    await Bun.sleep(200);
  } while (least > 0 && performance.now() < end);
}

async function countLeft({ sql, bucket }: Pick<Stack, 'sql' | 'bucket'>): Promise<number> {
  // The search for what no row names rests half a minute between two walks; a test need not.
  await sql`update installation set scan_after = now() where scan_cursor = ''`;
  const [unfinished] = await sql`select count(*)::int as jobs from jobs where status not in ('success', 'error')`;
  const rows = await sql`select 'originals/' || id as key from images union all select key from thumbnails`;
  const named = new Set(rows.map(({ key }) => String(key)));
  const keys = (await bucket.keys()).filter((key) => /^(originals|thumbnails)\//.test(key));
  return Number(unfinished?.jobs) + keys.filter((key) => !named.has(key)).length;
}
