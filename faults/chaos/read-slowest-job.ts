import type { Sql } from 'postgres';

/** The job that took longest, and the reasons. */
export interface SlowestJob {
  durationMs: number;
  /** Every change of its status, with the seconds since it was accepted. */
  history: string;
  tries: number;
  crashes: number;
  lostLeases: number;
}

/** Reads the slowest job, with its recorded transitions. */
export async function readSlowestJob(sql: Sql): Promise<SlowestJob> {
  const [job] = await sql<SlowestJob[]>`
    select extract(epoch from finished_at - created_at)::float8 * 1000 as "durationMs", tries, crashes,
      lost_leases as "lostLeases",
      coalesce((
        select string_agg(
          after || ' at ' || round(extract(epoch from at - jobs.created_at)::numeric, 1), ', ' order by transition.id)
        from fault_transitions transition where job_id = jobs.id), '') as history
    from jobs where finished_at is not null order by finished_at - created_at desc limit 1`;
  return job ?? { durationMs: 0, history: 'none', tries: 0, crashes: 0, lostLeases: 0 };
}
