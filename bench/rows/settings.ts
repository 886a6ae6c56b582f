import { existsSync, readFileSync } from 'node:fs';
import type { LoopResult } from '../baselines/loop-messages.ts';
import { openRenderLoop } from '../baselines/render-loop.ts';
import { alternate, type Sides } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { median } from '../measure/statistics.ts';
import { startService } from '../stack/start-service.ts';
import { efforts } from './efforts.ts';
import { type RowContext, scaled } from './row.ts';
import { square } from './specs.ts';

/** Per rendering: CPU time, elapsed time and memory of the process. */
const measures = {
  CPU: { unit: 'ms CPU', read: ({ cpuMs }: LoopResult) => cpuMs },
  'elapsed time': { unit: 'ms', read: ({ wallMs }: LoopResult) => median(wallMs) },
  memory: { unit: 'MiB', read: ({ residentBytes }: LoopResult) => residentBytes / 1_024 ** 2 },
};

/** The measurements behind the renderer's settings: alternatives, each compared with the setting in use. */
export async function settings(context: RowContext): Promise<Figure[]> {
  return [...(await threads(context)), ...(await allocators(context)), ...(await efforts(context))];
}

async function threads(context: RowContext): Promise<Figure[]> {
  const loop = await openRenderLoop('renderer');
  const source = await context.images.large();
  const render = (count: number) => () => loop.render(source, square, scaled(context, 20), count);
  const sides = { subject: render(2), baseline: render(1) };
  const figures = await compare(context, 'two libvips threads compared with one', ['CPU', 'elapsed time'], sides);
  await loop.close();
  return figures;
}

const jemalloc = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/libjemalloc.so.2`);

async function allocators(context: RowContext): Promise<Figure[]> {
  const { large, sharpPng, small } = context.images;
  const sources = [await large(), await sharpPng(), await small()];
  const current = await openRenderLoop('renderer', await readAllocator(context));
  const preloads = jemalloc.filter(existsSync).map((path) => ({ name: 'jemalloc', environment: { LD_PRELOAD: path } }));
  const figures: Figure[] = [];
  for (const { name, environment } of [{ name: 'glibc allocator with its defaults', environment: {} }, ...preloads]) {
    const alternative = await openRenderLoop('renderer', environment);
    for (const source of sources) {
      const render = (loop: typeof current) => () => loop.render(source, square, scaled(context, 30));
      const sides = { subject: render(alternative), baseline: render(current) };
      figures.push(...(await compare(context, `${name}, ${source.name}`, ['CPU', 'memory'], sides)));
    }
    await alternative.close();
  }
  await current.close();
  return figures;
}

/** Reads the variables that configure the allocator from the environment of a running renderer. */
async function readAllocator(context: RowContext): Promise<Record<string, string>> {
  const { workers, close } = await startService(await context.servers(), { workers: 1, concurrency: 1 });
  const [renderer] = (await workers[0]?.children()) ?? [];
  const variables = readFileSync(`/proc/${renderer}/environ`, 'utf8').split('\0');
  await close();
  const pairs = variables.filter((each) => /^(MI)?MALLOC_/.test(each)).map((each) => each.split('=', 2));
  return Object.fromEntries(pairs);
}

async function compare(
  context: RowContext,
  what: string,
  names: (keyof typeof measures)[],
  sides: Sides<LoopResult>,
): Promise<Figure[]> {
  const results = await alternate(context.rounds, sides);
  return names.map((name) => {
    const { unit, read } = measures[name];
    const rounds = results.map(({ subject, baseline }) => ({ subject: read(subject), baseline: read(baseline) }));
    return toFigure({ row: 'settings', what: `${what}: ${name}`, unit, comparison: 'ratio', goal: null }, rounds);
  });
}
