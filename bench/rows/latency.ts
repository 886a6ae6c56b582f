import { openRenderLoop, type RenderLoop } from '../baselines/render-loop.ts';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { median } from '../measure/statistics.ts';
import { repeat, sendImage } from '../stack/client.ts';
import { startEmbedded } from '../stack/start-embedded.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** Median time from a POST with `Prefer: wait` to the finished job, one at a time, compared with bare sharp. */
export async function latency(context: RowContext): Promise<Figure[]> {
  const bare = await openRenderLoop('sharp');
  const service = await startService(await context.servers(), { workers: 1, concurrency: 1 });
  const onRedis = await measure(context, bare, service.api, { what: 'Redis, Postgres and S3', atMost: 20 });
  await service.close();
  const embedded = await startEmbedded();
  const byDefault = await measure(context, bare, embedded, { what: 'embedded default', atMost: 30 });
  await embedded.close();
  await bare.close();
  return [...onRedis, ...byDefault];
}

async function measure(
  context: RowContext,
  bare: RenderLoop,
  api: { url: string },
  { what, atMost }: { what: string; atMost: number },
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const source of [await context.images.large(), await context.images.small()]) {
    const times = scaled(context, 15);
    const send = async (durations: number[]) => {
      const startedAt = performance.now();
      const options = { width: '200', height: '200' };
      const { status } = await sendImage(api, source, { options, headers: { prefer: 'wait=30' } });
      if (status !== 'success') throw new Error(`the job was still ${status} in the answer`);
      durations.push(performance.now() - startedAt);
    };
    const subject = async () => {
      const durations: number[] = [];
      await repeat(times, 1, () => send(durations));
      return median(durations);
    };
    const baseline = async () => median((await bare.render(source, square, times)).wallMs);
    const rounds = await alternate(context.rounds, { subject, baseline });
    const name = { row: 'latency', what: `${source.name}, ${what}`, unit: 'ms', goal: { atMost } } as const;
    figures.push(toFigure({ ...name, comparison: 'difference' }, rounds));
  }
  return figures;
}
