import { jobErrorCodes } from '@thumbnail-api/errors';
import { Counter, createRegistry, Histogram, ObjectFaults, type Registry } from '@thumbnail-api/telemetry';

/** The metrics of a worker. No label contains an id. */
export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Creates the metrics of one worker, with every series at 0. */
export function createWorkerMetrics() {
  const registry: Registry = createRegistry();
  const registers = [registry];
  const metrics = {
    registry,
    jobsFinished: new Counter({
      name: 'thumbnails_jobs_finished_total',
      help: 'Jobs that ended in this worker, by status and error code (none for success).',
      labelNames: ['status', 'code'],
      registers,
    }),
    runsFailed: new Counter({
      name: 'thumbnails_runs_failed_total',
      help: 'Runs that failed, including those that are retried, by error code.',
      labelNames: ['code'],
      registers,
    }),
    phases: new Histogram({
      name: 'thumbnails_job_phase_duration_seconds',
      help: 'Seconds that successful jobs spent in each phase: queued, fetch, render, store.',
      labelNames: ['phase'],
      buckets: seconds,
      registers,
    }),
    rendererReplacements: new Counter({
      name: 'thumbnails_renderer_replacements_total',
      help: 'Renderers that were replaced: died, or spent after many tasks or much memory.',
      labelNames: ['reason'],
      registers,
    }),
    rendererStarts: new Histogram({
      name: 'thumbnails_renderer_start_duration_seconds',
      help: 'Seconds until a renderer was ready for its first task. They are part of no phase of a job.',
      buckets: seconds,
      registers,
    }),
    leaseLosses: new Counter({
      name: 'thumbnails_lease_losses_total',
      help: 'Runs that were dropped because their lease was lost.',
      registers,
    }),
    storageOutages: new Counter({
      name: 'thumbnails_storage_outages_total',
      help: 'Outages of the object store during which the worker started no jobs.',
      registers,
    }),
    sweepActions: new Counter({
      name: 'thumbnails_sweep_actions_total',
      help: 'Actions of the sweep in this worker.',
      labelNames: ['action'],
      registers,
    }),
    sweepFailures: new Counter({
      name: 'thumbnails_sweep_failures_total',
      help: 'Passes and steps of the sweep that failed in this worker.',
      registers,
    }),
    publishFailures: new Counter({
      name: 'thumbnails_publish_failures_total',
      help: 'Messages that could not be published; the sweep publishes them later.',
      registers,
    }),
    wrongTokens: new Counter({
      name: 'thumbnails_wrong_tokens_total',
      help: 'Metrics tokens that were not valid.',
      labelNames: ['kind'],
      registers,
    }),
    objectFaults: new ObjectFaults(registry),
  };
  // `increase` does not see the first event of a series that starts with it.
  metrics.jobsFinished.inc({ status: 'success', code: 'none' }, 0);
  for (const code of jobErrorCodes) {
    metrics.jobsFinished.inc({ status: 'error', code }, 0);
    metrics.runsFailed.inc({ code }, 0);
  }
  for (const reason of ['died', 'spent']) metrics.rendererReplacements.inc({ reason }, 0);
  metrics.wrongTokens.inc({ kind: 'metrics' }, 0);
  return metrics;
}
