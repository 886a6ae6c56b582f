import type { SpecPair } from '../baselines/loop-messages.ts';
import { openRenderLoop } from '../baselines/render-loop.ts';
import type { SourceImage } from '../images/open-images.ts';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { sendImage } from '../stack/client.ts';
import { measureJobs, warmUp } from '../stack/measure-jobs.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';
import { cover, square, withDefaults } from './specs.ts';

interface Case {
  source: SourceImage;
  spec: SpecPair;
  /** Per round. */
  jobs: number;
  atMost: number;
}

/** CPU per job of worker and renderer, from the message to its acknowledgement, compared with bare sharp, with the same and with its own settings. */
export async function render(context: RowContext): Promise<Figure[]> {
  const { images } = context;
  const cases: Case[] = [
    { source: await images.large(), spec: square, jobs: 30, atMost: 1.15 },
    // The sizes of sharp's own benchmark.
    { source: await images.sharpJpeg(), spec: cover(720, 588, 'jpeg'), jobs: 30, atMost: 1.15 },
    { source: await images.sharpPng(), spec: cover(720, 540, 'png'), jobs: 15, atMost: 1.15 },
    { source: await images.small(), spec: square, jobs: 150, atMost: 2 },
  ];
  const servers = await context.servers();
  const service = await startService(servers, { workers: 1, concurrency: 1 });
  const bare = await openRenderLoop('sharp');
  const figures: Figure[] = [];
  for (const { source, spec, jobs, atMost } of cases) {
    const times = scaled(context, jobs);
    const { image } = await sendImage(service.api, source);
    if (figures.length === 0) await warmUp(servers, service, image.id);
    const job = { imageId: image.id, options: spec.options };
    const subject = () => measureJobs(servers, service, job, times);
    const baseline = async () => (await bare.render(source, spec, times)).cpuMs;
    const rounds = await alternate(context.rounds, { subject, baseline });
    const { width, height, format } = spec.options;
    const what = `${source.name} to ${width} x ${height} ${format}`;
    figures.push(toFigure({ row: 'render', what, unit: 'ms CPU', comparison: 'ratio', goal: { atMost } }, rounds));
    if (format === 'webp') continue;
    const plain = async () => (await bare.render(source, withDefaults(spec), times)).cpuMs;
    const others = await alternate(context.rounds, { subject, baseline: plain });
    const name = { row: 'render', what: `${what}, compared with sharp's defaults`, unit: 'ms CPU' };
    figures.push(toFigure({ ...name, comparison: 'ratio', goal: null }, others));
  }
  await bare.close();
  await service.close();
  return figures;
}
