import type postgres from 'postgres';

/** A session that holds a lock that another one waits for. */
export interface BlockingSession {
  pid: number;
  user: string;
  application: string;
  /** `local` for a Unix socket. */
  address: string;
  /** Such as `idle in transaction`. */
  state: string;
  /** How long its transaction, or else its last statement, has been running, in seconds. */
  seconds: number;
}

/** The sessions that block another one. */
export interface BlockerWatch {
  /** Those that were found last; empty if none was ever found. */
  latest(): BlockingSession[];
  stop(): Promise<void>;
}

const pollMs = 250;

/** Watches which sessions block the session `pid`. Calls `onBlocked` when there are others than before. The caller stops it. */
export function watchBlockers(
  client: postgres.Sql,
  pid: number,
  onBlocked: (sessions: BlockingSession[]) => void,
): BlockerWatch {
  let latest: BlockingSession[] = [];
  let isStopped = false;
  const watch = async () => {
    while (!isStopped) {
      const found = await findBlockers(client, pid).catch(() => []);
      const pids = new Set(latest.map((session) => session.pid));
      const isNew = found.some((session) => !pids.has(session.pid));
      if (found.length > 0) latest = found;
      if (isNew) onBlocked(found);
      await Bun.sleep(pollMs);
    }
  };
  const watching = watch();
  return {
    latest: () => latest,
    stop: () => {
      isStopped = true;
      return watching;
    },
  };
}

const findBlockers = async (client: postgres.Sql, pid: number): Promise<BlockingSession[]> => [
  ...(await client<BlockingSession[]>`
    select pid, coalesce(usename, '') as user, application_name as application,
      coalesce(host(client_addr), 'local') as address, coalesce(state, '') as state,
      round(extract(epoch from clock_timestamp() - coalesce(xact_start, query_start, backend_start)))::int as seconds
    from pg_stat_activity where pid = any (pg_blocking_pids(${pid}))`),
];
