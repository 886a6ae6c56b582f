import { type JobsDeps, type SweepReport, type SweepSettings, sweepJobs, sweepObjects } from '@thumbnail-api/jobs';
import { OutageLog } from '@thumbnail-api/resilience';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Runs the sweep until it is stopped. */
export interface Sweeper {
  /** Makes one pass over the jobs, then one over the objects. */
  runOnce: () => Promise<SweepReport>;
  /** Starts no further pass. */
  stop: () => void;
}

const intervalMs = 1_500;

/**
 * Sweeps the jobs and the objects every 1.5 seconds. They have separate loops, so that an object store that hangs does not
 * hold up the jobs. A pass that fails is
 * counted; the first one in a row is logged.
 */
export function startSweeper(
  deps: JobsDeps,
  settings: SweepSettings,
  { sweepActions, sweepFailures, jobsFinished }: Pick<WorkerMetrics, 'sweepActions' | 'sweepFailures' | 'jobsFinished'>,
): Sweeper {
  const onFailure = () => sweepFailures.inc();
  const onEnd = () => jobsFinished.inc({ status: 'error', code: 'internal_error' });
  const countActions = <Report extends object>(report: Report): Report => {
    for (const [action, count] of Object.entries(report)) sweepActions.inc({ action }, count);
    return report;
  };
  const passes = {
    jobs: () => sweepJobs(deps, { ...settings, onFailure, onEnd }).then(countActions),
    objects: () => sweepObjects(deps, { ...settings, onFailure, onEnd }).then(countActions),
  };
  const begin = 'sweep failed, retrying';
  const end = 'the sweep works again';
  const outages = { jobs: new OutageLog(deps.log, { begin, end }), objects: new OutageLog(deps.log, { begin, end }) };
  const runLogged = async (name: keyof typeof passes) => {
    try {
      const report = await passes[name]();
      outages[name].worked();
      if (Object.values(report).some((count) => count > 0)) deps.log.info(report, `swept ${name}`);
    } catch (error) {
      onFailure();
      outages[name].failed(error);
    }
  };
  const loops = [repeat(() => runLogged('jobs')), repeat(() => runLogged('objects'))];
  return {
    runOnce: async () => ({ ...(await passes.jobs()), ...(await passes.objects()) }),
    stop: () => {
      for (const stop of loops) stop();
    },
  };
}

/** Runs `pass` again and again, with a pause after each run. Returns a function that stops the loop. */
function repeat(pass: () => Promise<void>): () => void {
  let isStopped = false;
  const run = async () => {
    await pass();
    if (!isStopped) timer = setTimeout(run, intervalMs);
  };
  // At random, so that workers that start together do not sweep together.
  let timer = setTimeout(run, intervalMs * Math.random());
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
