import { shutDown } from '@thumbnail-api/resilience';
import { WorkerStopping } from './deps.ts';
import type { StartedWorker } from './start-worker.ts';

/** How long running jobs may take to finish; then they are handed back. */
const finishDeadlineMs = 8_000;
const handBackDeadlineMs = 4_000;

/** Stops a worker in phases: it takes no more jobs, finishes or hands back those that run, and closes its dependencies. */
export async function stopWorker(worker: StartedWorker): Promise<void> {
  const { database, store, log, publisher, renderers, stopping, jobs, consumer, health } = worker;
  const { sweeper, coverage, gate, stall, watch, turns } = worker;
  stall.stop();
  watch.stop();
  sweeper.stop();
  coverage.stop();
  gate.stop();
  const closing = consumer.close();
  closing.catch(() => undefined);
  const handBack = () => {
    stopping.abort(new WorkerStopping('the worker is shutting down'));
    return jobs.drain();
  };
  await shutDown(log, [
    { name: 'jobs', deadlineMs: finishDeadlineMs, run: () => jobs.drain() },
    { name: 'hand back', deadlineMs: handBackDeadlineMs, run: handBack },
    { name: 'messages', deadlineMs: 1_000, run: () => closing },
    { name: 'turns', deadlineMs: 1_000, run: () => turns.close() },
    { name: 'renderers', deadlineMs: 2_000, run: () => renderers.close() },
    { name: 'queue', deadlineMs: 1_000, run: () => publisher.close() },
    { name: 'database', deadlineMs: 2_500, run: () => database.close() },
    { name: 'health', deadlineMs: 500, run: () => health.stop(true) },
  ]);
  store.close();
}
