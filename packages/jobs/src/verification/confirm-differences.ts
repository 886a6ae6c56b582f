import { installation } from '@thumbnail-api/db';
import { installationKey, type ObjectInfo } from '@thumbnail-api/storage';
import { findNamed } from '../cleanup/find-named.ts';
import { findOrphans } from '../cleanup/find-orphans.ts';
import { isOld, toCandidate } from '../cleanup/scan-page.ts';
import type { JobsDeps } from '../deps.ts';
import { putMark } from '../installation/register-installation.ts';
import type { Difference } from './compare-objects.ts';

/** What is wrong with an object. */
export interface Finding {
  /** `missing` and `size`: the object that a row names; `orphan`: an object that no row names. */
  problem: 'missing' | 'size' | 'orphan';
  key: string;
}

/** The clock of the store and the longest upload deadline, which decide whether an object may still get its row. */
export interface AgeLimits {
  storeNow: Date;
  uploadDeadlineMs: number;
}

type VerifyDeps = Pick<JobsDeps, 'database' | 'store'>;

/** Reads {@link AgeLimits}; null in an installation without an upload. */
export async function readAgeLimits({ database, store }: VerifyDeps): Promise<AgeLimits | null> {
  const [row] = await database.run((executor) => executor.select().from(installation));
  if (!row || row.uploadDeadlineMs === null) return null;
  const key = installationKey(row.id, 'clock');
  await putMark(store, key, 'Its date is the time of the object store.');
  const written = await store.head(key);
  return written && { storeNow: written.modifiedAt, uploadDeadlineMs: row.uploadDeadlineMs };
}

/** Checks differences again, by the rows and objects as they are now, and returns those that are real. */
export async function confirmDifferences(
  deps: VerifyDeps,
  differences: Difference[],
  limits: AgeLimits | null,
): Promise<Finding[]> {
  const suspects = differences.flatMap((difference) => (difference.kind === 'extra' ? [] : [difference.row]));
  const heads = await Promise.all(suspects.map(({ key }) => deps.store.head(key)));
  const named = await findNamed(
    deps,
    suspects.map(({ key }) => key),
  );
  const damaged = suspects.flatMap(({ key, bytes }, index): Finding[] => {
    const found = heads[index];
    if (!named.has(key) || found?.bytes === bytes) return [];
    return [{ problem: found ? 'size' : 'missing', key }];
  });
  const extra = differences.flatMap((difference) => (difference.kind === 'extra' ? [difference.object] : []));
  return [...damaged, ...(limits ? await findOldOrphans(deps, extra, limits) : [])];
}

async function findOldOrphans(deps: VerifyDeps, objects: ObjectInfo[], limits: AgeLimits): Promise<Finding[]> {
  const old = objects.filter((object) => isOld(object, limits));
  const orphans = await findOrphans(
    deps,
    old.map((object) => toCandidate(object, limits)),
  );
  return orphans.map(({ key }) => ({ problem: 'orphan', key }));
}
