import { openRenderLoop } from '../baselines/render-loop.ts';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { sendImage } from '../stack/client.ts';
import { measureJobs, warmUp } from '../stack/measure-jobs.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** CPU per job for the same thumbnail of larger and larger images, compared with bare sharp. */
export async function growth(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const service = await startService(servers, { workers: 1, concurrency: 1 });
  const bare = await openRenderLoop('sharp');
  const figures: Figure[] = [];
  for (const megapixels of [1, 3, 12, 24, 48]) {
    const source = await context.images.sized(megapixels);
    const { image } = await sendImage(service.api, source);
    if (figures.length === 0) await warmUp(servers, service, image.id);
    const times = scaled(context, Math.max(6, Math.round(120 / megapixels)));
    const job = { imageId: image.id, options: square.options };
    const rounds = await alternate(context.rounds, {
      subject: () => measureJobs(servers, service, job, times),
      baseline: async () => (await bare.render(source, square, times)).cpuMs,
    });
    const name = { row: 'growth', what: source.name, unit: 'ms CPU', comparison: 'ratio', goal: null } as const;
    figures.push(toFigure(name, rounds));
  }
  await bare.close();
  await service.close();
  return figures;
}
