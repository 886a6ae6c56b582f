import { evictMessages } from './evict-messages.ts';
import type { Disruption } from './pick-network-disruption.ts';
import { refuseWrites } from './refuse-writes.ts';
import { deployPreviousVersion, restartInTurn } from './restart-in-turn.ts';
import { copyDatabase } from './restore-database.ts';
import type { Random } from './seed-random.ts';
import type { Fleet } from './start-fleet.ts';

/** Shorter runs have no time for what takes long to settle. */
const longRunSeconds = 30;

/** Whether a run has time for restores and deployments. */
export const isLongRun = (seconds: number): boolean => seconds >= longRunSeconds;

/** Picks a process or a server to kill, stop, freeze, empty or replace. */
export function pickProcessDisruption(fleet: Fleet, random: Random, seconds: number): Disruption {
  const { apis, workers, stopPostgres } = fleet;
  const { redis, sql } = fleet.stack;
  const app = random.pick([...apis, ...workers] as const);
  const worker = random.pick(workers);
  const durationMs = random.between(300, 3_000);
  // Longer than a lease, so that a frozen worker may wake up in a run that is no longer its own.
  const frozenMs = random.between(500, 11_000);
  const killRenderer = async () => {
    const [pid] = await worker.current().children();
    if (pid) process.kill(pid, 'SIGKILL');
  };
  const onBothBackends: [Disruption, ...Disruption[]] = [
    happenOnce('kill -9 of an app', durationMs, () => app.current().signal('SIGKILL')),
    happenOnce('SIGTERM of an app', durationMs, () => app.current().signal('SIGTERM')),
    freeze('app frozen', frozenMs, () => app.current()),
    happenOnce('kill -9 of a renderer', durationMs, killRenderer),
    happenOnce('pg_terminate_backend of every connection', durationMs, () => {
      return sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
    }),
    happenOnce('immediate stop of Postgres', durationMs, stopPostgres),
    happenOnce('eviction of half of the queue', durationMs, () => evictMessages(fleet, random)),
    { name: 'Postgres is read-only', durationMs, start: () => refuseWrites(fleet) },
    ...(isLongRun(seconds) ? longDisruptions(fleet, random) : []),
  ];
  if (!redis) return random.deal(onBothBackends);
  const restartRedis = async () => {
    await redis.stop();
    return redis.start;
  };
  return random.deal([
    ...onBothBackends,
    happenOnce('FLUSHALL', durationMs, () => redis.command('FLUSHALL')),
    freeze('Redis frozen', durationMs, () => redis),
    { name: 'Redis killed and restarted empty', durationMs, start: restartRedis },
  ]);
}

function longDisruptions(fleet: Fleet, random: Random): Disruption[] {
  const durationMs = random.between(1_000, 8_000);
  return [
    { name: 'restore of an older database', durationMs, start: () => copyDatabase(fleet) },
    { name: 'two versions side by side', durationMs, start: () => deployPreviousVersion(fleet) },
    happenOnce('rolling restart behind a proxy', 0, () => restartInTurn(fleet)),
  ];
}

/** A disruption that the service itself recovers from, without a repair. */
function happenOnce(name: string, durationMs: number, act: () => unknown): Disruption {
  const start = async () => {
    await act();
    return async () => undefined;
  };
  return { name, durationMs, start };
}

/** Stops a process with SIGSTOP. The repair continues the same process, even when its app was restarted meanwhile. */
function freeze(name: string, durationMs: number, find: () => { signal(name: NodeJS.Signals): void }): Disruption {
  const start = () => {
    const victim = find();
    victim.signal('SIGSTOP');
    return Promise.resolve(async () => victim.signal('SIGCONT'));
  };
  return { name, durationMs, start };
}
