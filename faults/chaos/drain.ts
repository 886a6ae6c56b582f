import { waitUntil } from '@thumbnail-api/testing';
import type { Stack } from '../stack/start-stack.ts';

/** Two minutes: far above lease, sweep and the longest back-off of five tries together. */
const drainDeadlineMs = 120_000;

/** Waits until every job has ended and no object is left without a row; gives up quietly, the checker says what is left. */
export async function drain({ sql, bucket }: Pick<Stack, 'sql' | 'bucket'>): Promise<void> {
  const isDone = async () => {
    // The search for what no row names rests half a minute between two walks; a test need not.
    await sql`update installation set scan_after = now() where scan_cursor = ''`;
    const [left] = await sql`select count(*)::int as jobs from jobs where status not in ('success', 'error')`;
    if (left?.jobs > 0) return false;
    const rows = await sql`select 'originals/' || id as key from images union all select key from thumbnails`;
    const named = new Set(rows.map(({ key }) => String(key)));
    const keys = await bucket.keys();
    return keys.filter((key) => /^(originals|thumbnails)\//.test(key)).every((key) => named.has(key));
  };
  await waitUntil(
    'the dust settles',
    async () => {
      const done = await isDone();
      if (!done) await Bun.sleep(200);
      return done;
    },
    drainDeadlineMs,
  ).catch(() => undefined);
}
