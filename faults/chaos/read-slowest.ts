import type { Sql } from 'postgres';

/** The job that took longest, and what held it up. */
export interface SlowestJob {
  tookMs: number;
  /** Every change of its status, in seconds since it was accepted. */
  life: string;
  tries: number;
  crashes: number;
  lostLeases: number;
}

/** Reads it from the rows and the transitions that the database wrote down. */
export async function readSlowest(sql: Sql): Promise<SlowestJob> {
  const [job] = await sql<SlowestJob[]>`
    select extract(epoch from finished_at - created_at)::float8 * 1000 as "tookMs", tries, crashes,
      lost_leases as "lostLeases",
      coalesce((
        select string_agg(
          after || ' at ' || round(extract(epoch from at - jobs.created_at)::numeric, 1), ', ' order by transition.id)
        from fault_transitions transition where job_id = jobs.id), '') as life
    from jobs where finished_at is not null order by finished_at - created_at desc limit 1`;
  return job ?? { tookMs: 0, life: 'none', tries: 0, crashes: 0, lostLeases: 0 };
}
