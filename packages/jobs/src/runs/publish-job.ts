import { jobs } from '@thumbnail-api/db';
import { messageIdFor } from '@thumbnail-api/queue';
import { and, eq } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** The next run of a job: `run` is the number of the latest one that began. */
export interface NextRun {
  id: string;
  run: number;
}

/**
 * Publishes the message for a job's next run, which is due and whose row already says that it was published.
 *
 * Never throws: where the queue or the database is away the row or the sweep says later that a message is missing.
 *
 * @returns whether the queue took it
 */
export async function publishJob(
  { publisher, database, log }: Pick<JobsDeps, 'publisher' | 'database' | 'log'>,
  { id, run }: NextRun,
): Promise<boolean> {
  try {
    await publisher.publish({ jobId: id }, { id: messageIdFor(id, run) });
    return true;
  } catch (error) {
    log.warn({ error, jobId: id }, 'no message went out; the sweep publishes the job');
    await database
      .run((executor) =>
        executor
          .update(jobs)
          .set({ publishedAt: null })
          .where(and(eq(jobs.id, id), eq(jobs.run, run))),
      )
      .catch((fault) => log.warn({ error: fault, jobId: id }, 'the row could not be marked as unpublished'));
    return false;
  }
}
