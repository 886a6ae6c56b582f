import {
  type Executor,
  type ImageRow,
  images,
  type JobRow,
  jobs,
  type ThumbnailRow,
  thumbnails,
} from '@thumbnail-api/db';
import type { JobErrorCode } from '@thumbnail-api/errors';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm';

/** A rendition as its row has it. */
export type Thumbnail = Omit<ThumbnailRow, 'spec'> & { spec: Spec };

/** A job with its image and, once it has succeeded, its thumbnails in the order they were asked for. */
export interface Job extends Omit<JobRow, 'imageId' | 'specs' | 'errorCode' | 'errorMessage'> {
  image: ImageRow;
  specs: Spec[];
  thumbnails: Thumbnail[];
  error: { code: JobErrorCode; message: string } | null;
}

/** Reads the jobs that `where` selects, in two statements however many they are; deleted ones are never seen. */
export async function readJobs(
  executor: Executor,
  where: SQL | undefined,
  page: { orderBy: SQL[]; limit: number },
): Promise<Job[]> {
  const rows = await executor
    .select({ job: jobs, image: images })
    .from(jobs)
    .innerJoin(images, eq(images.id, jobs.imageId))
    .where(and(isNull(jobs.deletedAt), where))
    .orderBy(...page.orderBy)
    .limit(page.limit);
  const finished = rows.filter((row) => row.job.status === 'success').map((row) => row.job.id);
  const made =
    finished.length > 0
      ? await executor.select().from(thumbnails).where(inArray(thumbnails.jobId, finished)).orderBy(thumbnails.position)
      : [];
  const byJob = Map.groupBy(made, (thumbnail) => thumbnail.jobId);
  return rows.map(({ job, image }) => toJob(job, image, byJob.get(job.id) ?? []));
}

/** A job of its rows. */
export function toJob(
  { errorCode, errorMessage, imageId: _, ...job }: JobRow,
  image: ImageRow,
  made: ThumbnailRow[],
): Job {
  return {
    ...job,
    image,
    // What `createJob` and `failJob` wrote is what comes back.
    specs: job.specs as Spec[],
    thumbnails: made as Thumbnail[],
    error: errorCode ? { code: errorCode as JobErrorCode, message: errorMessage ?? '' } : null,
  };
}
