import { waitUntil } from '@thumbnail-api/testing';
import type { Sql } from 'postgres';

/** A job as its row has it. */
export interface JobRow {
  id: string;
  status: string;
  run: number;
  tries: number;
  crashes: number;
  lostLeases: number;
  errorCode: string | null;
}

/** Reads one, past every proxy. */
export async function readJob(sql: Sql, id: string): Promise<JobRow | undefined> {
  const [row] = await sql<JobRow[]>`
    select id, status, run, tries, crashes, lost_leases as "lostLeases", error_code as "errorCode"
    from jobs where id = ${id}`;
  return row;
}

/** Waits until every job has ended, and gives them all, oldest first. */
export async function untilAllEnded(sql: Sql, deadlineMs = 120_000): Promise<JobRow[]> {
  const read = () => sql<JobRow[]>`
    select id, status, run, tries, crashes, lost_leases as "lostLeases", error_code as "errorCode"
    from jobs order by created_at`;
  await waitUntil(
    'every job has ended',
    async () => (await read()).every(({ status }) => status === 'success' || status === 'error'),
    deadlineMs,
  );
  return [...(await read())];
}

/** Lets time pass for a lease, so that a test need not wait for it; the sweep finds it as it would have. */
export async function expireLeases(sql: Sql): Promise<void> {
  await sql`update jobs set lease_until = now() - interval '1 second' where status = 'processing'`;
}

/** Lets time pass for messages, so that the sweep takes those that are gone for gone. */
export async function ageMessages(sql: Sql): Promise<void> {
  await sql`update jobs set published_at = published_at - interval '20 seconds' where status = 'uploaded'`;
}
