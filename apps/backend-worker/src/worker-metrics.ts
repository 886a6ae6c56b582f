import { jobErrorCodes } from '@thumbnail-api/errors';
import { Counter, createRegistry, Histogram, type Registry } from '@thumbnail-api/telemetry';

/** What a worker counts. No label holds an id. */
export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Makes the instruments of one worker, all at nothing. */
export function createWorkerMetrics() {
  const registry: Registry = createRegistry();
  const registers = [registry];
  const metrics = {
    registry,
    jobsFinished: new Counter({
      name: 'thumbnails_jobs_finished_total',
      help: 'Jobs that ended here; the code is that of the error, or none.',
      labelNames: ['status', 'code'],
      registers,
    }),
    runsFailed: new Counter({
      name: 'thumbnails_runs_failed_total',
      help: 'Runs that failed, also those that are tried again.',
      labelNames: ['code'],
      registers,
    }),
    phases: new Histogram({
      name: 'thumbnails_job_phase_duration_seconds',
      help: 'How long jobs that succeed wait, are fetched, rendered and stored.',
      labelNames: ['phase'],
      buckets: seconds,
      registers,
    }),
    rendererReplacements: new Counter({
      name: 'thumbnails_renderer_replacements_total',
      help: 'Renderers that made room for a fresh one: died, or spent after many tasks or much memory.',
      labelNames: ['reason'],
      registers,
    }),
    leaseLosses: new Counter({
      name: 'thumbnails_lease_losses_total',
      help: 'Runs that were dropped because their lease was gone.',
      registers,
    }),
    sweepActions: new Counter({
      name: 'thumbnails_sweep_actions_total',
      help: 'What the sweep has done from here.',
      labelNames: ['action'],
      registers,
    }),
    sweepFailures: new Counter({
      name: 'thumbnails_sweep_failures_total',
      help: 'Passes and steps of the sweep that failed here.',
      registers,
    }),
    publishFailures: new Counter({
      name: 'thumbnails_publish_failures_total',
      help: 'Messages that the queue did not take; the sweep publishes them.',
      registers,
    }),
  };
  // A series that begins with its first event hides that event from `increase`.
  metrics.jobsFinished.inc({ status: 'success', code: 'none' }, 0);
  for (const code of jobErrorCodes) {
    metrics.jobsFinished.inc({ status: 'error', code }, 0);
    metrics.runsFailed.inc({ code }, 0);
  }
  for (const reason of ['died', 'spent']) metrics.rendererReplacements.inc({ reason }, 0);
  return metrics;
}
