import { type JobsDeps, type SweepReport, type SweepSettings, sweepJobs, sweepObjects } from '@thumbnail-api/jobs';
import type { WorkerMetrics } from './worker-metrics.ts';

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
export function startSweeper(
  deps: JobsDeps,
  settings: SweepSettings,
  { sweepActions, sweepFailures, jobsFinished }: Pick<WorkerMetrics, 'sweepActions' | 'sweepFailures' | 'jobsFinished'>,
): Sweep {
  const told = {
    ...settings,
    onFailure: () => sweepFailures.inc(),
    onEnd: () => jobsFinished.inc({ status: 'error', code: 'internal_error' }),
  };
  const counted = async <Report extends object>(pass: Promise<Report>): Promise<Report> => {
    const report = await pass;
    for (const [action, count] of Object.entries(report)) sweepActions.inc({ action }, count);
    return report;
  };
  const passes = {
    jobs: () => counted(sweepJobs(deps, told)),
    objects: () => counted(sweepObjects(deps, told)),
  };
  const loops = Object.entries(passes).map(([name, pass]) =>
    repeat(
      async () => {
        const report = await pass();
        if (Object.values(report).some((count) => count > 0)) deps.log.info(report, `swept the ${name}`);
      },
      { ...deps, ...told },
    ),
  );
  return {
    runOnce: async () => ({ ...(await passes.jobs()), ...(await passes.objects()) }),
    stop: () => {
      for (const stop of loops) stop();
    },
  };
}

function repeat(
  pass: () => Promise<void>,
  { log, onFailure }: Pick<JobsDeps, 'log'> & { onFailure: () => void },
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const turn = async () => {
    await pass().catch((error) => {
      onFailure();
      log.warn({ error }, 'a sweep failed; the next one tries again');
    });
    if (!stopped) timer = setTimeout(turn, everyMs);
  };
  timer = setTimeout(turn, everyMs * Math.random());
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
