import { waitUntil } from '@thumbnail-api/testing';
import type { Sql } from 'postgres';

/** The columns of a job that tests check. */
export interface JobRow {
  id: string;
  status: string;
  run: number;
  tries: number;
  crashes: number;
  lostLeases: number;
  errorCode: string | null;
}

/** Reads every job, oldest first. */
export const readJobs = async (sql: Sql): Promise<JobRow[]> => [
  ...(await sql<JobRow[]>`
    select id, status, run, tries, crashes, lost_leases as "lostLeases", error_code as "errorCode"
    from jobs order by created_at`),
];

/** Finds a job by its id. */
export const findJob = async (sql: Sql, id: string | null): Promise<JobRow | undefined> =>
  (await readJobs(sql)).find((job) => job.id === id);

/** Waits until every job has ended, and returns all jobs, oldest first. */
export const waitForAllJobs = (sql: Sql, deadlineMs = 120_000): Promise<JobRow[]> =>
  waitUntil(
    'every job has ended',
    async () => {
      const jobs = await readJobs(sql);
      return jobs.every(({ status }) => status === 'success' || status === 'error') && jobs;
    },
    deadlineMs,
  );

/** Ends every lease now, so that a test does not wait for it. The sweep frees the jobs as usual. */
export async function expireLeases(sql: Sql): Promise<void> {
  await sql`update jobs set lease_until = now() - interval '1 second' where status = 'processing'`;
}

/** Makes messages old enough for the sweep to publish missing ones again. */
export async function ageMessages(sql: Sql): Promise<void> {
  await sql`update jobs set published_at = published_at - interval '20 seconds' where status = 'uploaded'`;
}
