import {
  type Executor,
  type ImageRow,
  images,
  type JobRow,
  jobs,
  type ThumbnailRow,
  thumbnails,
} from '@thumbnail-api/db';
import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm';

/** A job with its image and, once it has succeeded, its thumbnails in the order they were asked for. */
export interface Job extends Omit<JobRow, 'imageId'> {
  image: ImageRow;
  thumbnails: ThumbnailRow[];
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
  return rows.map(({ job, image }) => ({ ...job, image, thumbnails: byJob.get(job.id) ?? [] }));
}
