import type { SpecPair } from '../baselines/loop-order.ts';
import { openRenderLoop } from '../baselines/render-loop.ts';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import type { SourceImage } from '../pictures/pictures.ts';
import { sendPicture } from '../stack/client.ts';
import { startService } from '../stack/start-service.ts';
import { measureJobs, warmUp } from '../stack/worker-cost.ts';
import { type RowContext, scaled } from './row.ts';
import { cover, square } from './specs.ts';

interface Case {
  picture: SourceImage;
  spec: SpecPair;
  /** In one round. */
  jobs: number;
  atMost: number;
}

/** CPU per job of worker and renderer, from the message to the acknowledged end, beside bare sharp. */
export async function render(context: RowContext): Promise<Figure[]> {
  const { pictures } = context;
  const cases: Case[] = [
    { picture: await pictures.large(), spec: square, jobs: 30, atMost: 1.15 },
    // As sharp's own benchmark has them.
    { picture: await pictures.sharpJpeg(), spec: cover(720, 588, 'jpeg'), jobs: 30, atMost: 1.15 },
    { picture: await pictures.sharpPng(), spec: cover(720, 540, 'png'), jobs: 15, atMost: 1.15 },
    { picture: await pictures.small(), spec: square, jobs: 150, atMost: 2 },
  ];
  const servers = await context.servers();
  const service = await startService(servers, { workers: 1, concurrency: 1 });
  const bare = await openRenderLoop('sharp');
  const figures: Figure[] = [];
  for (const { picture, spec, jobs, atMost } of cases) {
    const times = scaled(context, jobs);
    const { image } = await sendPicture(service.api, picture);
    if (figures.length === 0) await warmUp(servers, service, image.id);
    const job = { imageId: image.id, options: spec.options };
    const subject = () => measureJobs(servers, service, job, times);
    const baseline = async () => (await bare.render(picture, spec, times)).cpuMs;
    const rounds = await alternate(context.rounds, { subject, baseline });
    const { width, height, format } = spec.options;
    const what = `${picture.name} to ${width} x ${height} ${format}`;
    figures.push(toFigure({ row: 'render', what, unit: 'ms CPU', comparison: 'ratio', goal: { atMost } }, rounds));
  }
  await bare.close();
  await service.close();
  return figures;
}
