import { type Executor, jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import { isDue } from '../runs/is-due.ts';

/** The place of a job in the fair order, to be written with the job. */
export interface Turn {
  /** As Postgres writes it: a Date would lose the microseconds. */
  fairStart: string;
  costMs: number;
}

/**
 * The time of the fair order. While jobs wait, it is the start of the earliest, or that of the latest job in progress if that is
 * later: a retried job keeps its start and must not turn the time back. While none waits, it is as late as any owner's next
 * turn, so that all owners start level.
 */
const orderTime = sql`(
  with waiting as materialized (select (select min(${jobs.fairStart}) from ${jobs} where ${isDue}) as earliest)
  select case
    when earliest is null then greatest(now(), (select max(next_start) from owner_turns))
    else greatest(earliest, (select max(${jobs.fairStart}) from ${jobs} where ${jobs.status} = 'processing'))
  end from waiting)`;

/** The start of the owner's newest waiting job: no later one of its jobs starts before it, even if others took less time. */
const latestStart = (owner: string) => sql`(
  select ${jobs.fairStart} from ${jobs}
  where ${jobs.owner} = ${owner} and ${jobs.status} = 'uploaded' and ${jobs.deletedAt} is null
  order by ${jobs.createdAt} desc, ${jobs.id} desc limit 1)`;

/**
 * Gives new jobs of an owner their turns, one for each estimated cost, and moves the owner's next turn behind them. The first
 * starts at the time of the order, or at the owner's next turn if that is later; each further one starts when the one before it
 * has used its time.
 *
 * Call it before the transaction that creates the jobs, and outside of it: then the row of the owner is locked for one
 * statement without a flush, because its table is unlogged, and creates of one owner do not wait for each other's commit.
 */
export async function takeTurns(executor: Executor, owner: string, costsMs: readonly number[]): Promise<Turn[]> {
  if (costsMs.length === 0) return [];
  const total = sql`${costsMs.reduce((sum, costMs) => sum + costMs, 0)}::float8 * interval '1 ms'`;
  const rows = await executor.execute<{ fairStart: string; costMs: number }>(sql`
    with turn as (
      insert into owner_turns as turn (owner, next_start) select ${owner}, greatest(${orderTime}, ${latestStart(owner)}) + ${total}
      on conflict (owner) do update set next_start = greatest(excluded.next_start, turn.next_start + ${total})
      returning next_start
    )
    select (next_start - sum(ms::float8) over (order by n desc) * interval '1 ms')::text as "fairStart", ms::integer as "costMs"
    from turn, jsonb_array_elements_text(${JSON.stringify(costsMs)}::jsonb) with ordinality as cost (ms, n)
    order by n`);
  return [...rows];
}

/** Gives one new job its turn, as {@link takeTurns} does. */
export async function takeTurn(executor: Executor, owner: string, costMs: number): Promise<Turn> {
  const [turn] = await takeTurns(executor, owner, [costMs]);
  if (!turn) throw new Error('INSERT into owner_turns returned no row');
  return turn;
}
