import { readUse } from '@thumbnail-api/testing/processes';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { median } from '../measure/statistics.ts';
import type { SourceImage } from '../pictures/pictures.ts';
import { round } from '../report/text-table.ts';
import { addJob, repeat, sendPicture } from '../stack/client.ts';
import type { Servers } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import { untilAllEnded } from '../stack/until-all-ended.ts';
import { type RowContext, scaled } from './row.ts';

const mebibyte = 1_024 ** 2;
const uploadBytes = 20_000_000;
const everyMs = 50;

/** The most that the API holds while many large uploads come at once, and the worker with its renderers over many jobs. */
export async function memory(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  return [await measureApi(context, servers), ...(await measureWorker(context, servers))];
}

async function measureApi({ pictures }: RowContext, servers: Servers): Promise<Figure> {
  const { bytes, ...picture } = await pictures.large();
  const heavy: SourceImage = { ...picture, bytes: new Uint8Array(uploadBytes) };
  heavy.bytes.set(bytes);
  const rounds: Round[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const { api, close } = await startService(servers, { workers: 0 });
    await sendPicture(api, await pictures.small());
    const idle = residentMiB([api.pid]);
    const samples = watch(() => [api.pid]);
    await repeat(64, 64, () => sendPicture(api, heavy));
    rounds.push({ subject: Math.max(...samples.stop()), baseline: idle });
    await close();
  }
  await servers.sql`truncate jobs, images cascade`;
  const what = 'API, 64 uploads of 20 MB at once, above idle';
  return toFigure({ row: 'memory', what, unit: 'MiB', comparison: 'difference', goal: { atMost: 150 } }, rounds);
}

async function measureWorker(context: RowContext, servers: Servers): Promise<Figure[]> {
  const service = await startService(servers, { workers: 1, concurrency: 2 });
  const { pictures } = context;
  const [worker] = service.workers;
  if (!worker) throw new Error('no worker');
  const mixed = [await pictures.small(), await pictures.sized(1), await pictures.sharpPng(), await pictures.large()];
  const images = await Promise.all(mixed.map((picture) => sendPicture(service.api, picture)));
  // Mostly small ones, as they come: so many of each in a hundred.
  const shares = [85, 10, 2, 3];
  const order = shares.flatMap((share, index) => Array.from({ length: share }, () => images[index]?.image.id ?? ''));
  let children = await worker.children();
  const samples = watch(() => [worker.pid, ...children]);
  const idle = residentMiB([worker.pid, ...children]);
  const jobs = scaled(context, 10_000);
  let next = 0;
  await repeat(jobs, 4, async () => {
    next += 1;
    // A renderer makes room for a fresh one now and then.
    if (next % 100 === 0) children = await worker.children();
    await addJob(service.api, order[(next * 37) % order.length] ?? '', { width: 200, height: 200 });
    if (next % 50 === 0) await untilAllEnded(servers.sql);
  });
  await untilAllEnded(servers.sql);
  const seen = samples.stop();
  await service.close();
  const tenth = Math.ceil(seen.length / 10);
  const early = median(seen.slice(tenth, 2 * tenth));
  const late = median(seen.slice(-tenth));
  const name = { row: 'memory', unit: 'MiB' } as const;
  context.note(`worker: ${jobs} jobs; median of the second tenth ${round(early)} MiB, of the last ${round(late)} MiB`);
  return [
    toFigure({ ...name, what: 'worker and two renderers, the most seen', comparison: 'value', goal: { atMost: 400 } }, [
      { subject: Math.max(...seen), baseline: idle },
    ]),
    toFigure({ ...name, what: 'the last tenth beside the second', comparison: 'ratio', goal: { atMost: 1.1 } }, [
      { subject: late, baseline: early },
    ]),
  ];
}

const residentMiB = (pids: readonly number[]) =>
  pids.reduce((sum, pid) => sum + (tryReadUse(pid)?.memoryBytes ?? 0), 0) / mebibyte;

function tryReadUse(pid: number) {
  try {
    return readUse(pid);
  } catch {
    return null;
  }
}

function watch(pids: () => number[]) {
  const seen: number[] = [];
  const look = () => seen.push(residentMiB(pids()));
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return seen;
    },
  };
}
