import type { Executor } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';

/** The channel on which a job that has ended is announced (LISTEN/NOTIFY); the payload is its id. */
export const endedChannel = 'job_ended';

/** Announces the end of a job to every listener, at the moment the transaction commits. */
export async function announceEnd(executor: Executor, jobId: string): Promise<void> {
  await executor.execute(sql`select pg_notify(${endedChannel}, ${jobId})`);
}
