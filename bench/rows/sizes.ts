import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { sendImage } from '../stack/client.ts';
import { measureJobs, warmUp } from '../stack/measure-jobs.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';

const widths = {
  1: [1600],
  3: [1600, 400, 100],
  5: [1600, 800, 400, 200, 100],
  10: [1600, 1200, 1000, 800, 640, 480, 320, 240, 160, 100],
};

/** CPU of a job with several thumbnails of the 12 MP image, compared with a job for only the largest of them. */
export async function sizes(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const service = await startService(servers, { workers: 1, concurrency: 1 });
  const { image } = await sendImage(service.api, await context.images.large());
  await warmUp(servers, service, image.id);
  const times = scaled(context, 10);
  const measure = (count: keyof typeof widths) => () => {
    const thumbnails = widths[count].map((width) => ({ name: `w${width}`, width, fit: 'inside' }));
    return measureJobs(servers, service, { imageId: image.id, options: { thumbnails } }, times);
  };
  const figures: Figure[] = [];
  for (const count of [3, 5, 10] as const) {
    const rounds = await alternate(context.rounds, { subject: measure(count), baseline: measure(1) });
    const what = `${count} thumbnails, ${widths[count].at(-1)} to 1600 px wide`;
    const goal = count === 5 ? { atMost: 1.5 } : null;
    figures.push(toFigure({ row: 'sizes', what, unit: 'ms CPU', comparison: 'ratio', goal }, rounds));
  }
  await service.close();
  return figures;
}
