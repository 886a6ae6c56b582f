import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, type SQL } from 'drizzle-orm';

/** One run of a job. */
export interface Run {
  /** Id of the job. */
  id: string;
  /** Number of the run: the fence against a worker that continues after it lost its lease. */
  run: number;
}

/** Selects the job only while this run is in progress. */
export const isCurrentRun = ({ id, run }: Run): SQL | undefined =>
  and(eq(jobs.id, id), eq(jobs.run, run), eq(jobs.status, 'processing'), isNull(jobs.deletedAt));
