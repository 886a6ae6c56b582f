import {
  type Executor,
  type ImageRow,
  images,
  type JobRow,
  jobs,
  type ThumbnailRow,
  type Timings,
  thumbnails,
} from '@thumbnail-api/db';
import { type JobErrorCode, parseJobErrorCode } from '@thumbnail-api/errors';
import { mapInSlices } from '@thumbnail-api/resilience';
import { parseStoredSpec, parseStoredSpecs, type Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { VisibleOwner } from './visible-owner.ts';

/** The id of a job, image or batch and the owner who asks for it. To any other owner it does not exist. */
export interface Owned {
  id: string;
  owner: VisibleOwner;
}

/** A stored thumbnail. */
export type Thumbnail = Omit<ThumbnailRow, 'spec'> & { spec: Spec };

/** A job with its image and, once it has succeeded, its thumbnails in the order of its specs. */
export interface Job extends Omit<JobRow, 'imageId' | 'specs' | 'errorCode' | 'errorMessage'> {
  image: ImageRow;
  specs: Spec[];
  thumbnails: Thumbnail[];
  error: { code: JobErrorCode; message: string } | null;
}

/** The driver parses a result at once, so one of thousands of rows would keep all other requests waiting. */
const thumbnailsPerRead = 200;

/** Reads the jobs that `where` selects, and their thumbnails, about 200 in a statement. Deleted jobs are left out. */
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
  const stored: ThumbnailRow[] = [];
  for (const ids of toReads(rows.map(({ job }) => job))) {
    const read = executor.select().from(thumbnails).where(inArray(thumbnails.jobId, ids)).orderBy(thumbnails.position);
    stored.push(...(await read));
  }
  const byJob = Map.groupBy(stored, ({ jobId }) => jobId);
  return await mapInSlices(rows, ({ job, image }) => toJob(job, image, byJob.get(job.id) ?? []));
}

/** The ids of the jobs that have thumbnails, grouped by the number of those. */
function toReads(rows: JobRow[]): string[][] {
  const reads: string[][] = [];
  let count = Number.POSITIVE_INFINITY;
  for (const { id, specs } of rows.filter(({ status }) => status === 'success')) {
    if (count >= thumbnailsPerRead) {
      reads.push([]);
      count = 0;
    }
    reads.at(-1)?.push(id);
    count += Array.isArray(specs) ? specs.length : 1;
  }
  return reads;
}

/** Builds a job from its rows. Another version may have written them: see {@link parseStoredSpec}. */
export function toJob(
  { errorCode, errorMessage, imageId: _, ...job }: JobRow,
  image: ImageRow,
  thumbnailRows: ThumbnailRow[],
): Job {
  return {
    ...job,
    image,
    specs: parseStoredSpecs(job.specs),
    thumbnails: thumbnailRows.map((row) => ({ ...row, spec: parseStoredSpec(row.spec) })),
    timings: storedTimings.parse(job.timings),
    error: errorCode === null ? null : { code: parseJobErrorCode(errorCode), message: errorMessage ?? '' },
  };
}

const milliseconds = z.number().catch(0);
const storedTimings: z.ZodType<Timings | null> = z
  .object({ queuedMs: milliseconds, fetchMs: milliseconds, renderMs: milliseconds, storeMs: milliseconds })
  .nullable()
  .catch(null);
