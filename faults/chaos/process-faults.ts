import type { KeptApp } from './kept-app.ts';
import type { Trouble } from './network-faults.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

const healed = async () => undefined;

/** Picks a process or a server of the fleet and what befalls it. */
export function pickProcessTrouble(scene: Scene, random: Random): Trouble {
  const { stack, apis, workers } = scene;
  const { redis, sql } = stack;
  const app = random.pick([...apis, ...workers] as [KeptApp, ...KeptApp[]]);
  const worker = random.pick(workers);
  const forMs = random.between(300, 3_000);
  const once = (name: string, act: () => unknown): Trouble => ({
    name,
    forMs,
    strike: async () => {
      await act();
      return healed;
    },
  });
  const frozen = (name: string, signal: (name: NodeJS.Signals) => void, ms: number): Trouble => ({
    name,
    forMs: ms,
    strike: () => {
      signal('SIGSTOP');
      return Promise.resolve(async () => signal('SIGCONT'));
    },
  });
  const killRenderer = async () => {
    const [pid] = await worker.current().children();
    if (pid) process.kill(pid, 'SIGKILL');
  };
  const onBoth: [Trouble, ...Trouble[]] = [
    once('kill -9 of an app', () => app.current().signal('SIGKILL')),
    once('SIGTERM of an app', () => app.current().signal('SIGTERM')),
    // Longer than a lease, so that it wakes up into a run that is no longer its own.
    frozenApp(app, random.between(500, 11_000)),
    once('kill -9 of a renderer', killRenderer),
    once('pg_terminate_backend of all', () => {
      return sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
    }),
    once('immediate stop of Postgres', scene.stopPostgres),
  ];
  if (!redis) return random.pick(onBoth);
  return random.pick([
    ...onBoth,
    once('FLUSHALL', () => redis.command('FLUSHALL')),
    frozen('Redis frozen', redis.signal, forMs),
    {
      name: 'Redis killed and empty',
      forMs,
      strike: async () => {
        await redis.stop();
        return redis.start;
      },
    },
  ] as [Trouble, ...Trouble[]]);
}

function frozenApp(app: KeptApp, forMs: number): Trouble {
  return {
    name: 'an app frozen',
    forMs,
    strike: () => {
      const victim = app.current();
      victim.signal('SIGSTOP');
      return Promise.resolve(async () => victim.signal('SIGCONT'));
    },
  };
}
