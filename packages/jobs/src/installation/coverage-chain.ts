import { coverage } from '@thumbnail-api/db';
import { type SQL, sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';
import { marginSeconds, pauseMaxSeconds } from './coverage-policy.ts';
import {
  hasSameHistory,
  isOwnRow,
  isSameRun,
  ownTransaction,
  type ServerIdentity,
  signServer,
} from './server-identity.ts';

/** An unbroken series of heartbeats of this process: one row of `coverage`. */
export interface CoverageChain {
  id: string;
  /** The latest heartbeat, by the clock of the store. */
  endedAt: string;
  /** The signed identity of the server at the latest heartbeat. */
  server: string;
  identity: ServerIdentity;
  /** The clock of the store minus that of the database, in milliseconds. */
  offsetMs: number;
}

/** What is known of the time before a chain. */
export interface Gap {
  /** Whether the database may have been replaced since the latest heartbeat of any process. */
  isOpen: boolean;
  /** The latest heartbeat in the history of this database; null if none is left of this history. */
  coveredUntil: string | null;
  /** The identity of the server, for {@link startChain}. */
  server: string;
}

type ChainDeps = Pick<JobsDeps, 'database'>;
/** What a new chain starts from. */
export type ChainStart = Pick<CoverageChain, 'identity' | 'offsetMs'>;

const storeNow = (offsetMs: number): SQL => sql`(clock_timestamp() + ${offsetMs} * interval '1 ms')`;
/** The latest heartbeat of any process in this run of the server, if it is not too long ago. */
const bridgeTo = ({ identity, offsetMs }: ChainStart): SQL => sql`(
  select least(max(${coverage.endedAt}), ${storeNow(offsetMs)}) from ${coverage} where ${isSameRun(identity)}
  having max(${coverage.endedAt}) between ${storeNow(offsetMs)} - ${pauseMaxSeconds} * interval '1 second'
    and ${storeNow(offsetMs)} + ${marginSeconds} * interval '1 second')`;

/**
 * Reads whether there is a gap before a chain that starts now.
 *
 * @param last the broken chain of this process; a heartbeat of it that is not in the database any more is a gap
 */
export async function readGap({ database }: ChainDeps, start: ChainStart, last: CoverageChain | null): Promise<Gap> {
  const isRemembered = last
    ? sql`exists (select from ${coverage} where id = ${last.id} and ended_at >= ${last.endedAt}::timestamptz)`
    : sql`true`;
  const [row] = await database.run((executor) =>
    executor.execute(sql`
      select ${bridgeTo(start)} is null or not ${isRemembered} as "isOpen", ${start.identity.whole} as server,
        (select max(ended_at)::text from ${coverage} where ${hasSameHistory(start.identity)}) as "coveredUntil"`),
  );
  const coveredUntil = row?.coveredUntil == null ? null : String(row.coveredUntil);
  return { isOpen: row?.isOpen !== false, coveredUntil, server: String(row?.server) };
}

/**
 * Starts a chain: at the latest heartbeat of another process, or now after a gap.
 *
 * @returns null if the server is no longer the one of {@link readGap}
 */
export async function startChain(
  { database }: ChainDeps,
  start: ChainStart,
  { isOpen, server }: Gap,
): Promise<CoverageChain | null> {
  const id = Bun.randomUUIDv7();
  const { identity, offsetMs } = start;
  const startedAt = isOpen ? sql`now` : sql`coalesce(${bridgeTo(start)}, now)`;
  const [row] = await database.run((executor) =>
    executor.execute(sql`
      insert into ${coverage} (id, started_at, ended_at, server)
      select ${id}::uuid, ${startedAt}, now, ${signServer(identity)} from (select ${storeNow(offsetMs)} as now) as clock
      where ${identity.whole} = ${server}
      returning ended_at::text as "endedAt", server`),
  );
  return row ? { id, identity, offsetMs, endedAt: String(row.endedAt), server: String(row.server) } : null;
}

/**
 * Records a heartbeat, if the row is as this process last wrote it, the server is the same, and the pause since the last
 * heartbeat was short.
 *
 * @returns null if the chain is broken
 */
export async function extendChain({ database }: ChainDeps, chain: CoverageChain): Promise<CoverageChain | null> {
  const { id, identity, offsetMs, server } = chain;
  const now = storeNow(offsetMs);
  const [row] = await database.run((executor) =>
    executor.execute(sql`
      update ${coverage} set ended_at = ${now}, server = ${signServer(identity)}
      where id = ${id} and server = ${server} and ${isOwnRow} and ${isSameRun(identity)}
        and ${now} between ended_at and ended_at + ${pauseMaxSeconds} * interval '1 second'
      returning ended_at::text as "endedAt", server`),
  );
  return row ? { ...chain, endedAt: String(row.endedAt), server: String(row.server) } : null;
}

/** Takes back the heartbeats of a chain after `until`: they were dated by a clock that was wrong. */
export async function retractChain(
  { database }: ChainDeps,
  { id, server }: CoverageChain,
  until: string,
): Promise<void> {
  await database.run((executor) =>
    executor.execute(sql`
      update ${coverage} set ended_at = greatest(started_at, least(ended_at, ${until}::timestamptz)),
        server = split_part(server, '@', 1) || '@' || ${ownTransaction}
      where id = ${id} and server = ${server} and ${isOwnRow}`),
  );
}
