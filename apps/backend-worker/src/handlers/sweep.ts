import { type JobsDeps, type SweepReport, type SweepSettings, sweepJobs, sweepObjects } from '@thumbnail-api/jobs';

/** The two loops of the sweep. */
export interface Sweep {
  /** One pass over the rows, then one over the store. */
  runOnce: () => Promise<SweepReport>;
  /** Begins no further pass. */
  stop: () => void;
}

const everyMs = 1_500;

/**
 * Sweeps every few seconds, until it is stopped: the rows in one loop and the store in another, so that a store that hangs
 * holds up no job. A pass that fails is logged.
 */
export function startSweep(deps: JobsDeps, settings: SweepSettings): Sweep {
  const passes = { jobs: () => sweepJobs(deps, settings), objects: () => sweepObjects(deps, settings) };
  const loops = Object.entries(passes).map(([name, pass]) => {
    return repeat(async () => {
      const report = await pass();
      if (Object.values(report).some((count) => count > 0)) deps.log.info(report, `swept the ${name}`);
    }, deps);
  });
  return {
    runOnce: async () => ({ ...(await passes.jobs()), ...(await passes.objects()) }),
    stop: () => {
      for (const stop of loops) stop();
    },
  };
}

function repeat(pass: () => Promise<void>, { log }: Pick<JobsDeps, 'log'>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const turn = async () => {
    await pass().catch((error) => log.warn({ error }, 'a sweep failed; the next one tries again'));
    if (!stopped) timer = setTimeout(turn, everyMs);
  };
  timer = setTimeout(turn, everyMs * Math.random());
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
