import { countUnfinished } from '@thumbnail-api/jobs';
import { shareResult, withDeadline } from '@thumbnail-api/resilience';
import { addDependencyGauge, addGauge, Gauge, type Registry } from '@thumbnail-api/telemetry';
import type { ApiDeps } from '../deps.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import { dependencyChecks } from './dependency-checks.ts';

const keepMs = 5_000;
const answer = { deadlineMs: 2_000, code: 'unavailable', message: 'No answer.' } as const;

/**
 * Adds the gauges that are read when somebody looks: upload slots, unfinished jobs, the queue, the dependencies. However
 * often that is, Postgres and the queue are asked once in 5 s; what does not answer has no value.
 */
export function addServiceGauges(registry: Registry, deps: ApiDeps, slots: UploadSlots): void {
  const registers = [registry];
  new Gauge({
    name: 'thumbnails_upload_slots',
    help: 'Slots in which a body is read.',
    labelNames: ['state'],
    registers,
    collect() {
      const { used, free } = slots.counts();
      this.set({ state: 'used' }, used);
      this.set({ state: 'free' }, free);
    },
  });
  addGauge(registry, 'thumbnails_uploads_waiting', 'Bodies that wait for a place.', () => slots.counts().waiting);

  const read = shareResult(() => withDeadline(answer, () => countUnfinished(deps)).catch(orNothing));
  new Gauge({
    name: 'thumbnails_jobs_unfinished',
    help: 'Jobs of the whole fleet that have not ended, counted up to 100 000.',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset();
      const counts = await read(keepMs);
      if (!counts) return;
      this.set({ status: 'uploaded' }, counts.uploaded);
      this.set({ status: 'processing' }, counts.processing);
    },
  });
  optionalGauge(registry, 'thumbnails_jobs_due', 'Jobs that could begin now.', async () => (await read(keepMs))?.due);
  optionalGauge(
    registry,
    'thumbnails_oldest_due_job_age_seconds',
    'How long the first of them waits.',
    async () => (await read(keepMs))?.oldestDueSeconds,
  );

  const readQueue = shareResult(() =>
    Promise.all([deps.publisher.countWaiting(), deps.publisher.count()]).catch(orNothing),
  );
  new Gauge({
    name: 'thumbnails_queue_messages',
    help: 'Messages that the queue holds; waiting: that could be delivered now.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      const [waiting, all] = (await readQueue(keepMs)) ?? [];
      if (waiting !== undefined) this.set({ state: 'waiting' }, waiting);
      if (all !== undefined) this.set({ state: 'all' }, all);
    },
  });
  addDependencyGauge(registry, dependencyChecks(deps));
}

/** Without a value while `read` gives none. */
function optionalGauge(registry: Registry, name: string, help: string, read: () => Promise<number | undefined>): void {
  // One without labels would be 0 from the beginning; an empty set of labels can be taken away again.
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const value = await read();
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    },
  });
}

/** One part that is away, whatever it says, must not keep the others from being read. */
const orNothing = () => undefined;
