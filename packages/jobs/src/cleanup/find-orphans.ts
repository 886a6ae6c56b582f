import { images, jobs, thumbnails } from '@thumbnail-api/db';
import { type KeySubject, parseObjectKey } from '@thumbnail-api/storage';
import { inArray } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** An object that no row names. */
export interface Orphan {
  key: string;
  /** Its job has ended in error and may be retried: nothing may be removed while a run could store it again. */
  failedJobId: string | null;
}

/**
 * Says which of these keys no row names, as the rows are now.
 *
 * Keys of anything else are never among them; nor are those of a job that may still finish, or of a deletion, which has its
 * own way.
 */
export async function findOrphans({ database }: Pick<JobsDeps, 'database'>, keys: string[]): Promise<Orphan[]> {
  const subjects = keys.flatMap((key) => {
    const subject = parseObjectKey(key);
    return subject ? [{ key, subject }] : [];
  });
  const imageIds = subjects.flatMap(({ subject }) => (subject.kind === 'original' ? [subject.imageId] : []));
  const jobIds = subjects.flatMap(({ subject }) => (subject.kind === 'thumbnail' ? [subject.jobId] : []));
  const { keptImages, keptJobs, named } = await database.run(async (executor) => ({
    keptImages: new Set(
      (await executor.select({ id: images.id }).from(images).where(inArray(images.id, imageIds))).map(({ id }) => id),
    ),
    keptJobs: new Map(
      (
        await executor
          .select({ id: jobs.id, status: jobs.status, deletedAt: jobs.deletedAt })
          .from(jobs)
          .where(inArray(jobs.id, jobIds))
      ).map((job) => [job.id, job]),
    ),
    named: new Set(
      (await executor.select({ key: thumbnails.key }).from(thumbnails).where(inArray(thumbnails.jobId, jobIds))).map(
        ({ key }) => key,
      ),
    ),
  }));

  const judge = (key: string, subject: KeySubject): Orphan[] => {
    if (subject.kind === 'original') return keptImages.has(subject.imageId) ? [] : [{ key, failedJobId: null }];
    const job = keptJobs.get(subject.jobId);
    if (!job) return [{ key, failedJobId: null }];
    if (job.deletedAt || named.has(key)) return [];
    if (job.status === 'success') return [{ key, failedJobId: null }];
    return job.status === 'error' ? [{ key, failedJobId: job.id }] : [];
  };
  return subjects.flatMap(({ key, subject }) => judge(key, subject));
}
