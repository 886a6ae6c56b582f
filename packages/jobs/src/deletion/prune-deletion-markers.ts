import { deletionsPrefix } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';

const pageMax = 1_000;
const deletesMax = 16;
const dayMs = 86_400_000;

/** Removes deletion markers that are older than every backup. The oldest 1 000 a call. Returns how many. */
export async function pruneDeletionMarkers(
  { store }: Pick<JobsDeps, 'store'>,
  { backupDays, storeNow }: { backupDays: number; storeNow: Date },
): Promise<number> {
  const cutoff = storeNow.getTime() - backupDays * dayMs;
  const markers = await store.list(deletionsPrefix, { limit: pageMax });
  const old = markers.filter(({ modifiedAt }) => modifiedAt.getTime() < cutoff);
  for (let start = 0; start < old.length; start += deletesMax)
    await Promise.all(old.slice(start, start + deletesMax).map(({ key }) => store.delete(key)));
  return old.length;
}
