import { openRenderLoop } from '../baselines/render-loop.ts';
import { alternate } from '../measure/alternate.ts';
import { readCpuMs } from '../measure/cpu.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { round } from '../report/text-table.ts';
import { repeat, sendImage } from '../stack/client.ts';
import type { ServerUse } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import { waitForAllJobs } from '../stack/wait-for-all-jobs.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** Thumbnails per CPU second of API, worker and renderers, from upload to end, compared with bare sharp. */
export async function pipeline(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const service = await startService(servers, { workers: 1 });
  const pids = [service.api.pid, ...service.workerPids];
  const bare = await openRenderLoop('sharp');
  const figures: Figure[] = [];
  const options = { width: '200', height: '200' };
  for (const { source, jobs, goal } of [
    { source: await context.images.large(), jobs: 40, goal: { atLeast: 0.7 } },
    { source: await context.images.small(), jobs: 150, goal: null },
  ]) {
    const times = scaled(context, jobs);
    const others: (ServerUse & { load: number })[] = [];
    const subject = async () => {
      const [used, load, before] = [await servers.readUse(), process.cpuUsage(), readCpuMs(pids)];
      await repeat(times, 4, () => sendImage(service.api, source, { options }));
      await waitForAllJobs(servers.sql);
      const spent = readCpuMs(pids) - before;
      const { user, system } = process.cpuUsage(load);
      const { store, database, queue } = await servers.readUse();
      others.push({
        store: store - used.store,
        database: database - used.database,
        queue: queue - used.queue,
        load: (user + system) / 1_000,
      });
      return times / (spent / 1_000);
    };
    const baseline = async () => 1_000 / (await bare.render(source, square, times)).cpuMs;
    const rounds = await alternate(context.rounds, { subject, baseline });
    const name = { row: 'pipeline', what: source.name, unit: 'per CPU s', comparison: 'ratio', goal } as const;
    figures.push(toFigure(name, rounds));
    const perUpload = (name: keyof (typeof others)[number]) =>
      `${round(others.reduce((sum, use) => sum + use[name], 0) / others.length / times)} ms`;
    context.note(
      `${source.name}: further CPU per upload: ${perUpload('store')} in the store (${servers.names.store}), ${perUpload('database')} in the database, ${perUpload('queue')} in the queue, ${perUpload('load')} in the load generator`,
    );
  }
  await bare.close();
  await service.close();
  return figures;
}
