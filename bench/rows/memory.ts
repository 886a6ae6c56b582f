import { readUse } from '@thumbnail-api/testing/processes';
import type { SourceImage } from '../images/open-images.ts';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { median } from '../measure/statistics.ts';
import { round } from '../report/text-table.ts';
import { addJob, repeat, sendImage } from '../stack/client.ts';
import type { Servers } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import { waitForAllJobs } from '../stack/wait-for-all-jobs.ts';
import { type RowContext, scaled } from './row.ts';

const mebibyte = 1_024 ** 2;
const uploadBytes = 20_000_000;
const sampleMs = 50;

/** Peak memory of the API during many large uploads, and of a worker with its renderers over many jobs. */
export async function memory(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  return [await measureApi(context, servers), ...(await measureWorker(context, servers))];
}

async function measureApi({ images }: RowContext, servers: Servers): Promise<Figure> {
  const { bytes, ...source } = await images.large();
  const heavy: SourceImage = { ...source, bytes: new Uint8Array(uploadBytes) };
  heavy.bytes.set(bytes);
  const rounds: Round[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const { api, close } = await startService(servers, { workers: 0 });
    await sendImage(api, await images.small());
    const idle = residentMiB([api.pid]);
    const samples = watch(() => [api.pid]);
    await repeat(64, 64, () => sendImage(api, heavy));
    rounds.push({ subject: Math.max(...samples.stop()), baseline: idle });
    await close();
  }
  await servers.sql`truncate jobs, images cascade`;
  const what = 'API, 64 concurrent uploads of 20 MB, above idle';
  return toFigure({ row: 'memory', what, unit: 'MiB', comparison: 'difference', goal: { atMost: 150 } }, rounds);
}

async function measureWorker(context: RowContext, servers: Servers): Promise<Figure[]> {
  const service = await startService(servers, { workers: 1, concurrency: 2 });
  const [worker] = service.workers;
  if (!worker) throw new Error('no worker');
  const { small, sized, sharpPng, large } = context.images;
  const sources = [await small(), await sized(1), await sharpPng(), await large()];
  const uploads = await Promise.all(sources.map((source) => sendImage(service.api, source)));
  // Jobs of each source in a hundred: users mostly send small images.
  const shares = [85, 10, 2, 3];
  const order = shares.flatMap((share, index) => Array.from({ length: share }, () => uploads[index]?.image.id ?? ''));
  let children = await worker.children();
  const samples = watch(() => [worker.pid, ...children]);
  const idle = residentMiB([worker.pid, ...children]);
  const jobs = scaled(context, 10_000);
  let next = 0;
  await repeat(jobs, 4, async () => {
    next += 1;
    // The worker replaces its renderers from time to time.
    if (next % 100 === 0) children = await worker.children();
    await addJob(service.api, order[(next * 37) % order.length] ?? '', { width: 200, height: 200 });
    if (next % 50 === 0) await waitForAllJobs(servers.sql);
  });
  await waitForAllJobs(servers.sql);
  const measured = samples.stop();
  await service.close();
  const tenth = Math.ceil(measured.length / 10);
  const early = median(measured.slice(tenth, 2 * tenth));
  const late = median(measured.slice(-tenth));
  const name = { row: 'memory', unit: 'MiB' } as const;
  context.note(
    `worker: ${jobs} jobs; the median was ${round(early)} MiB in the second tenth and ${round(late)} MiB in the last`,
  );
  return [
    toFigure({ ...name, what: 'worker and two renderers, peak', comparison: 'value', goal: { atMost: 400 } }, [
      { subject: Math.max(...measured), baseline: idle },
    ]),
    toFigure(
      { ...name, what: 'last tenth of the jobs compared with the second', comparison: 'ratio', goal: { atMost: 1.1 } },
      [{ subject: late, baseline: early }],
    ),
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

/** Samples the memory of processes until it is stopped. */
function watch(pids: () => number[]) {
  const samples: number[] = [];
  const sample = () => samples.push(residentMiB(pids()));
  const timer = setInterval(sample, sampleMs);
  sample();
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return samples;
    },
  };
}
