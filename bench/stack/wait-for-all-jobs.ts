import { waitUntil } from '@thumbnail-api/testing';
import type { Sql } from 'postgres';

/** Waits until every job has ended. @throws Error when a job failed, because a failed job may cost less */
export async function waitForAllJobs(sql: Sql, deadlineMs = 300_000): Promise<void> {
  await waitUntil(
    'every job has ended',
    async () => {
      const [row] = await sql`select exists (select from jobs where status in ('uploaded', 'processing')) as "isBusy"`;
      return row?.isBusy === false;
    },
    deadlineMs,
  );
  const [failed] = await sql`select error_code from jobs where status = 'error' limit 1`;
  if (failed) throw new Error(`a job ended in ${failed.error_code}`);
}
