import { availableParallelism } from 'node:os';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { addJob, repeat, sendImage } from '../stack/client.ts';
import { warmUp } from '../stack/measure-jobs.ts';
import { startService } from '../stack/start-service.ts';
import { waitForAllJobs } from '../stack/wait-for-all-jobs.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** Jobs per second with one renderer up to two more than cores. The servers run on the same cores. */
export async function renderers(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const cases = [
    { source: await context.images.large(), jobs: 60 },
    { source: await context.images.small(), jobs: 300 },
  ];
  const figures: Figure[] = [];
  for (let concurrency = 1; concurrency <= availableParallelism() + 2; concurrency++) {
    const service = await startService(servers, { workers: 1, concurrency });
    for (const { source, jobs } of cases) {
      const { image } = await sendImage(service.api, source);
      if (source === cases[0]?.source) await warmUp(servers, service, image.id);
      const times = scaled(context, jobs);
      const rounds: Round[] = [];
      for (let round = 0; round < context.rounds; round++) {
        const startedAt = performance.now();
        await repeat(times, 8, () => addJob(service.api, image.id, square.options));
        await waitForAllJobs(servers.sql);
        rounds.push({ subject: (times * 1_000) / (performance.now() - startedAt), baseline: null });
      }
      const what = `${concurrency === 1 ? '1 renderer' : `${concurrency} renderers`}, ${source.name}`;
      figures.push(toFigure({ row: 'renderers', what, unit: 'jobs/s', comparison: 'value', goal: null }, rounds));
    }
    await service.close();
  }
  return figures;
}
