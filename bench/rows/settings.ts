import { existsSync, readFileSync } from 'node:fs';
import type { LoopAnswer, SpecPair } from '../baselines/loop-order.ts';
import { openRenderLoop } from '../baselines/render-loop.ts';
import { alternate, type Sides } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { median } from '../measure/statistics.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** What is looked at: CPU and time by the clock for each rendering, memory of the process, size of the thumbnail. */
const looks = {
  CPU: { unit: 'ms CPU', read: ({ cpuMs }: LoopAnswer) => cpuMs },
  'by the clock': { unit: 'ms', read: ({ wallMs }: LoopAnswer) => median(wallMs) },
  memory: { unit: 'MiB', read: ({ residentBytes }: LoopAnswer) => residentBytes / 1_024 ** 2 },
  size: { unit: 'KB', read: ({ bytes }: LoopAnswer) => bytes / 1_000 },
};

/** What the settings of a renderer were chosen by: others, each beside the one that it has. */
export async function settings(context: RowContext): Promise<Figure[]> {
  return [...(await threads(context)), ...(await allocators(context)), ...(await efforts(context))];
}

async function threads(context: RowContext): Promise<Figure[]> {
  const loop = await openRenderLoop('renderer');
  const picture = await context.pictures.large();
  const render = (count: number) => () => loop.render(picture, square, scaled(context, 20), count);
  const sides = { subject: render(2), baseline: render(1) };
  const figures = await compare(context, 'two threads of libvips beside one', ['CPU', 'by the clock'], sides);
  await loop.close();
  return figures;
}

const jemalloc = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/libjemalloc.so.2`);

async function allocators(context: RowContext): Promise<Figure[]> {
  const pictures = [await context.pictures.large(), await context.pictures.sharpPng(), await context.pictures.small()];
  const ours = await openRenderLoop('renderer', await readAllocator(context));
  const preloads = jemalloc.filter(existsSync).map((path) => ({ name: 'jemalloc', environment: { LD_PRELOAD: path } }));
  const figures: Figure[] = [];
  for (const { name, environment } of [{ name: `glibc's allocator as it comes`, environment: {} }, ...preloads]) {
    const theirs = await openRenderLoop('renderer', environment);
    for (const picture of pictures) {
      const render = (loop: typeof ours) => () => loop.render(picture, square, scaled(context, 30));
      const sides = { subject: render(theirs), baseline: render(ours) };
      figures.push(...(await compare(context, `${name}, ${picture.name}`, ['CPU', 'memory'], sides)));
    }
    await theirs.close();
  }
  await ours.close();
  return figures;
}

/** How a renderer is told to allocate, by the environment of one that runs. */
async function readAllocator(context: RowContext): Promise<Record<string, string>> {
  const { workers, close } = await startService(await context.servers(), { workers: 1, concurrency: 1 });
  const [renderer] = (await workers[0]?.children()) ?? [];
  const words = readFileSync(`/proc/${renderer}/environ`, 'utf8').split('\0');
  await close();
  const pairs = words.filter((word) => /^(MI)?MALLOC_/.test(word)).map((word) => word.split('=', 2));
  return Object.fromEntries(pairs);
}

/** Other efforts of the encoders than those of a renderer, for a small picture as it is. */
async function efforts(context: RowContext): Promise<Figure[]> {
  const loop = await openRenderLoop('sharp');
  const picture = await context.pictures.small();
  const at = (format: 'webp' | 'avif', options: object): SpecPair => ({
    options: { width: picture.widthPx, height: picture.heightPx, format },
    bare: { resize: { width: picture.widthPx, height: picture.heightPx }, format, options },
  });
  const cases = [
    { format: 'webp', quality: 80, usual: 4, others: [0, 2, 6] },
    { format: 'avif', quality: 55, usual: 3, others: [0, 2, 4] },
  ] as const;
  const figures: Figure[] = [];
  for (const { format, quality, usual, others } of cases) {
    for (const effort of others) {
      const render = (tried: number) => () =>
        loop.render(picture, at(format, { quality, effort: tried }), scaled(context, 20));
      const sides = { subject: render(effort), baseline: render(usual) };
      figures.push(...(await compare(context, `${format} effort ${effort} beside ${usual}`, ['CPU', 'size'], sides)));
    }
  }
  await loop.close();
  return figures;
}

async function compare(
  { rounds }: RowContext,
  what: string,
  at: (keyof typeof looks)[],
  sides: Sides<LoopAnswer>,
): Promise<Figure[]> {
  const answers = await alternate(rounds, sides);
  return at.map((look) => {
    const { unit, read } = looks[look];
    const name = { row: 'settings', what: `${what}: ${look}`, unit, comparison: 'ratio', goal: null } as const;
    return toFigure(
      name,
      answers.map(({ subject, baseline }) => ({ subject: read(subject), baseline: read(baseline) })),
    );
  });
}
