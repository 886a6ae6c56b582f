import { freeLeases, publishDueJobs } from '@thumbnail-api/jobs';
import type { WorkerDeps } from '../deps.ts';

const everyMs = 5_000;

/** One pass of the net below the queue: leases that ran out are freed, jobs that have no message get one. */
export async function sweep(deps: WorkerDeps): Promise<void> {
  const freed = await freeLeases(deps);
  const published = await publishDueJobs(deps);
  if (freed + published > 0) deps.log.info({ freed, published }, 'swept');
}

/** Sweeps every few seconds, one pass after the other, until it is stopped. A pass that fails is logged. */
export function startSweep(deps: WorkerDeps): { stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const pass = async () => {
    await sweep(deps).catch((error) => deps.log.warn({ error }, 'a sweep failed; the next one tries again'));
    if (!stopped) timer = setTimeout(pass, everyMs);
  };
  timer = setTimeout(pass, everyMs * Math.random());
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
