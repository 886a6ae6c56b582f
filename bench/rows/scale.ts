import { availableParallelism } from 'node:os';
import { messageIdFor, openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { createLogger } from '@thumbnail-api/telemetry';
import { fillTables } from '@thumbnail-api/testing';
import { readCpuMs } from '../measure/cpu.ts';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { round } from '../report/text-table.ts';
import { repeat } from '../stack/client.ts';
import type { Servers } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import type { RowContext } from './row.ts';

const settleMs = 3_000;
const windowMs = 2_500;
const concurrency = 8;
/** More than the workers can finish in one window, so that the queue is never empty. */
const jobsPerRound = 12_500;

/** Jobs per second with a render that does nothing and a long queue: the capacity of queue and database. */
export async function scale(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const figures: Figure[] = [];
  const name = { row: 'scale', comparison: 'value' } as const;
  for (const workers of [1, 2, 4]) {
    const count = workers === 1 ? '1 worker' : `${workers} workers`;
    await empty(servers);
    await fillTables(servers.sql, { from: 1, to: jobsPerRound * (context.rounds + 1), status: 'uploaded' });
    await publishAll(servers);
    const { rates, queue, database, own } = await measure(context, servers, workers);
    figures.push(toFigure({ ...name, what: count, unit: 'jobs/s', goal: null }, rates));
    context.note(`${count}: ${round(own)} ms CPU of the workers per job`);
    if (workers < 4) continue;
    const goal = { atLeast: 1_000 };
    const cores = availableParallelism();
    figures.push(
      toFigure({ ...name, what: 'queue capacity of one core', unit: 'jobs/s', goal }, toRates(queue, 1)),
      toFigure(
        { ...name, what: `database capacity of ${cores} cores`, unit: 'jobs/s', goal },
        toRates(database, cores),
      ),
    );
  }
  await empty(servers);
  return figures;
}

async function empty({ sql, redis }: Servers): Promise<void> {
  await sql`truncate jobs, images cascade`;
  await redis.command('FLUSHALL');
}

const toRates = (cpuMs: number[], cores: number): Round[] =>
  cpuMs.map((each) => ({ subject: (cores * 1_000) / each, baseline: null }));

async function measure(context: RowContext, servers: Servers, workers: number) {
  const service = await startService(servers, {
    workers,
    concurrency,
    workerProgram: 'apps/backend-worker/test/no-op-render/main.ts',
  });
  await Bun.sleep(settleMs);
  const measured = { rates: [] as Round[], queue: [] as number[], database: [] as number[], own: 0 };
  let ownMs = 0;
  let jobs = 0;
  for (let turn = 0; turn < context.rounds; turn++) {
    const [startedAt, used, own, before] = [
      performance.now(),
      await servers.readUse(),
      readCpuMs(service.workerPids),
      await countDone(servers),
    ];
    await Bun.sleep(windowMs);
    const done = (await countDone(servers)) - before;
    const use = await servers.readUse();
    if (done === 0) throw new Error('no job was done: the queue is empty');
    measured.rates.push({ subject: done / ((performance.now() - startedAt) / 1_000), baseline: null });
    measured.queue.push((use.queue - used.queue) / done);
    measured.database.push((use.database - used.database) / done);
    ownMs += readCpuMs(service.workerPids) - own;
    jobs += done;
  }
  await service.close();
  return { ...measured, own: ownMs / jobs };
}

/** Counts finished jobs from the statistics of the table: counting rows would add load to the database. */
async function countDone({ sql }: Servers): Promise<number> {
  const [row] = await sql`select n_tup_ins as done from pg_stat_user_tables where relname = 'thumbnails'`;
  return Number(row?.done);
}

async function publishAll({ sql, database, redis: { host, port } }: Servers): Promise<void> {
  const rows = await sql<{ id: string }[]>`select id from jobs order by id`;
  const queue = { kind: 'redis', name: 'process-thumbnail', host, port, password: undefined, tls: false } as const;
  const publisher = openPublisher({ queue, postgres: database }, renderJobMessage, createLogger('bench', 'silent'));
  let next = 0;
  await repeat(rows.length, 64, async () => {
    const { id } = rows[next++] ?? { id: '' };
    await publisher.publish({ jobId: id }, { id: messageIdFor(id, 0) });
  });
  await publisher.close();
}
