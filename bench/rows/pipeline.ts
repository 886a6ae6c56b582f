import { openRenderLoop } from '../baselines/render-loop.ts';
import { alternate } from '../measure/alternate.ts';
import { readCpuMs } from '../measure/cpu.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { round } from '../report/text-table.ts';
import { repeat, sendPicture } from '../stack/client.ts';
import type { ServerUse } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import { untilAllEnded } from '../stack/until-all-ended.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** Thumbnails per CPU second of API, worker and renderers together, from upload to end, beside bare sharp. */
export async function pipeline(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const service = await startService(servers, { workers: 1 });
  const pids = [service.api.pid, ...service.workerPids];
  const bare = await openRenderLoop('sharp');
  const figures: Figure[] = [];
  const options = { width: '200', height: '200' };
  for (const { picture, jobs, goal } of [
    { picture: await context.pictures.large(), jobs: 40, goal: { atLeast: 0.7 } },
    { picture: await context.pictures.small(), jobs: 150, goal: null },
  ]) {
    const times = scaled(context, jobs);
    const others: (ServerUse & { load: number })[] = [];
    const subject = async () => {
      const [used, load, before] = [await servers.readUse(), process.cpuUsage(), readCpuMs(pids)];
      await repeat(times, 4, () => sendPicture(service.api, picture, { options }));
      await untilAllEnded(servers.sql);
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
    const baseline = async () => 1_000 / (await bare.render(picture, square, times)).cpuMs;
    const rounds = await alternate(context.rounds, { subject, baseline });
    const name = { row: 'pipeline', what: picture.name, unit: 'per CPU s', comparison: 'ratio', goal } as const;
    figures.push(toFigure(name, rounds));
    const share = (part: keyof (typeof others)[number]) =>
      round(others.reduce((sum, use) => sum + use[part], 0) / others.length / times);
    context.note(
      `${picture.name}: beside this, each upload cost ${share('store')} ms CPU in the store (${servers.names.store}), ${share('database')} in the database, ${share('queue')} in the queue and ${share('load')} in the load generator`,
    );
  }
  await bare.close();
  await service.close();
  return figures;
}
