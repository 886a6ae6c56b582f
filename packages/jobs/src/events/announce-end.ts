import type { Executor } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';

/** The channel for the ends of jobs (LISTEN/NOTIFY); the payload is the id of the job. */
export const endedChannel = 'job_ended';

/** Announces to every process that a job has ended. Sent when the transaction commits. */
export async function announceEnd(executor: Executor, jobId: string): Promise<void> {
  await executor.execute(sql`select pg_notify(${endedChannel}, ${jobId})`);
}
