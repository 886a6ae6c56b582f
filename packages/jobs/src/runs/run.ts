import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, type SQL } from 'drizzle-orm';

/** One try of a job. */
export interface Run {
  id: string;
  /** Its number: the fence. */
  run: number;
}

/** True of the row only while this very run is the one at work. */
export const runIs = ({ id, run }: Run): SQL | undefined =>
  and(eq(jobs.id, id), eq(jobs.run, run), eq(jobs.status, 'processing'), isNull(jobs.deletedAt));
