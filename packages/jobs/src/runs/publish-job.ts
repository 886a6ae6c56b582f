import { jobs } from '@thumbnail-api/db';
import { messageIdFor } from '@thumbnail-api/queue';
import { and, eq } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import type { Run } from './run.ts';

/**
 * Publishes the message for a job's next run. The job must be due and its row already marked as published.
 *
 * Never throws. If the queue is unavailable, the row is marked as unpublished and the sweep publishes the job; if the
 * database is unavailable too, the sweep notices later that a message is missing.
 *
 * @param latest the run that started last; number 0 before the first
 * @returns whether the queue accepted the message
 */
export async function publishJob(
  { publisher, database, log }: Pick<JobsDeps, 'publisher' | 'database' | 'log'>,
  latest: Run,
): Promise<boolean> {
  const { id, run } = latest;
  try {
    await publisher.publish({ jobId: id }, { id: messageIdFor(id, run) });
    return true;
  } catch (error) {
    // The publisher logs the outage, once for all its jobs.
    log.debug({ error, jobId: id }, 'job not published, leaving it to the sweep');
    await database
      .run((executor) =>
        executor
          .update(jobs)
          .set({ publishedAt: null })
          .where(and(eq(jobs.id, id), eq(jobs.run, run))),
      )
      .catch((cause) => log.warn({ error: cause, jobId: id }, 'job not marked as unpublished'));
    return false;
  }
}
