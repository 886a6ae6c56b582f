import { availableParallelism } from 'node:os';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { addJob, repeat, sendPicture } from '../stack/client.ts';
import { startService } from '../stack/start-service.ts';
import { untilAllEnded } from '../stack/until-all-ended.ts';
import { warmUp } from '../stack/worker-cost.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** Jobs per second by the clock with one renderer and more, up to two above the cores; the servers share those cores. */
export async function renderers(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const cases = [
    { picture: await context.pictures.large(), jobs: 60 },
    { picture: await context.pictures.small(), jobs: 300 },
  ];
  const figures: Figure[] = [];
  for (let concurrency = 1; concurrency <= availableParallelism() + 2; concurrency++) {
    const service = await startService(servers, { workers: 1, concurrency });
    for (const { picture, jobs } of cases) {
      const { image } = await sendPicture(service.api, picture);
      if (picture === cases[0]?.picture) await warmUp(servers, service, image.id);
      const times = scaled(context, jobs);
      const rounds: Round[] = [];
      for (let round = 0; round < context.rounds; round++) {
        const began = performance.now();
        await repeat(times, 8, () => addJob(service.api, image.id, square.options));
        await untilAllEnded(servers.sql);
        rounds.push({ subject: (times * 1_000) / (performance.now() - began), baseline: null });
      }
      const what = `${concurrency} renderers, ${picture.name}`;
      figures.push(toFigure({ row: 'renderers', what, unit: 'jobs/s', comparison: 'value', goal: null }, rounds));
    }
    await service.close();
  }
  return figures;
}
