import { images, jobs, thumbnails } from '@thumbnail-api/db';
import { type KeySubject, parseObjectKey } from '@thumbnail-api/storage';
import { inArray } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** An object without a row. */
export interface Orphan {
  key: string;
  /** Set if its job has failed and may be retried: a new run could store the same key while it is removed. */
  failedJobId: string | null;
}

/**
 * Finds the orphans among these keys, by the rows as they are now.
 *
 * Leaves out keys that are neither originals nor thumbnails, thumbnails of a job that may still finish, and objects of
 * deleted rows, which {@link finishDeletions} removes.
 */
export async function findOrphans(deps: Pick<JobsDeps, 'database'>, keys: string[]): Promise<Orphan[]> {
  const objects = keys.flatMap((key) => {
    const subject = parseObjectKey(key);
    return subject ? [{ key, subject }] : [];
  });
  const rows = await readRows(
    deps,
    objects.map(({ subject }) => subject),
  );
  return objects.flatMap(({ key, subject }): Orphan[] => {
    if (subject.kind === 'original') return rows.imageIds.has(subject.imageId) ? [] : [{ key, failedJobId: null }];
    const job = rows.jobs.get(subject.jobId);
    if (!job) return [{ key, failedJobId: null }];
    if (job.deletedAt || rows.thumbnailKeys.has(key)) return [];
    if (job.status === 'success') return [{ key, failedJobId: null }];
    return job.status === 'error' ? [{ key, failedJobId: job.id }] : [];
  });
}

/** Reads the rows of these objects; deleted rows too. */
async function readRows({ database }: Pick<JobsDeps, 'database'>, subjects: KeySubject[]) {
  const imageIds = subjects.flatMap((subject) => (subject.kind === 'original' ? [subject.imageId] : []));
  const jobIds = subjects.flatMap((subject) => (subject.kind === 'thumbnail' ? [subject.jobId] : []));
  return await database.run(async (executor) => {
    const imageRows = await executor.select({ id: images.id }).from(images).where(inArray(images.id, imageIds));
    const jobRows = await executor
      .select({ id: jobs.id, status: jobs.status, deletedAt: jobs.deletedAt })
      .from(jobs)
      .where(inArray(jobs.id, jobIds));
    const thumbnailRows = await executor
      .select({ key: thumbnails.key })
      .from(thumbnails)
      .where(inArray(thumbnails.jobId, jobIds));
    return {
      imageIds: new Set(imageRows.map(({ id }) => id)),
      jobs: new Map(jobRows.map((job) => [job.id, job])),
      thumbnailKeys: new Set(thumbnailRows.map(({ key }) => key)),
    };
  });
}
