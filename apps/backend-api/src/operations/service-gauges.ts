import { countUnfinished } from '@thumbnail-api/jobs';
import { shareResult, withDeadline } from '@thumbnail-api/resilience';
import { addDependencyGauge, addGauge, Gauge, type Registry } from '@thumbnail-api/telemetry';
import type { ApiDeps } from '../deps.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';

const resultMaxAgeMs = 5_000;
const readDeadline = { deadlineMs: 2_000, code: 'unavailable', message: 'The database did not answer.' } as const;

/**
 * Adds the gauges that are read on each scrape: upload slots, unfinished jobs, the queue, the dependencies. Postgres and the
 * queue are queried at most once in 5 seconds. A gauge has no value while its source is unavailable.
 */
export function addServiceGauges(registry: Registry, deps: ApiDeps, slots: UploadSlots): void {
  addUploadGauges(registry, slots);
  addJobGauges(registry, deps);
  addQueueGauge(registry, deps);
  addDependencyGauge(registry, deps.dependencies);
}

function addUploadGauges(registry: Registry, slots: UploadSlots): void {
  new Gauge({
    name: 'thumbnails_upload_slots',
    help: 'Upload slots; each one reads a request body.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { used, free } = slots.counts();
      this.set({ state: 'used' }, used);
      this.set({ state: 'free' }, free);
    },
  });
  addGauge(registry, 'thumbnails_uploads_waiting', 'Uploads that wait for a slot.', () => slots.counts().waiting);
}

function addJobGauges(registry: Registry, deps: ApiDeps): void {
  const read = shareResult(() => withDeadline(readDeadline, () => countUnfinished(deps)).catch(toNothing));
  new Gauge({
    name: 'thumbnails_jobs_unfinished',
    help: 'Jobs in the database that have not ended, counted up to 100 000.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      this.reset();
      const counts = await read(resultMaxAgeMs);
      if (!counts) return;
      this.set({ status: 'uploaded' }, counts.uploaded);
      this.set({ status: 'processing' }, counts.processing);
    },
  });
  addOptionalGauge(registry, {
    name: 'thumbnails_jobs_due',
    help: 'Jobs that are due to run.',
    read: async () => (await read(resultMaxAgeMs))?.due,
  });
  addOptionalGauge(registry, {
    name: 'thumbnails_oldest_due_job_age_seconds',
    help: 'How long the oldest due job has been waiting.',
    read: async () => (await read(resultMaxAgeMs))?.oldestDueSeconds,
  });
}

function addQueueGauge(registry: Registry, { publisher }: ApiDeps): void {
  const read = shareResult(() => Promise.all([publisher.countWaiting(), publisher.count()]).catch(toNothing));
  new Gauge({
    name: 'thumbnails_queue_messages',
    help: 'Messages in the queue: all, and those that could be delivered now.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      const [waiting, all] = (await read(resultMaxAgeMs)) ?? [];
      if (waiting !== undefined) this.set({ state: 'waiting' }, waiting);
      if (all !== undefined) this.set({ state: 'all' }, all);
    },
  });
}

interface OptionalGauge {
  name: string;
  help: string;
  /** Undefined while the value is unknown; the gauge then has no value. */
  read: () => Promise<number | undefined>;
}

function addOptionalGauge(registry: Registry, { name, help, read }: OptionalGauge): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const value = await read();
      // A gauge without labels starts at 0, so an unknown value must be removed.
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    },
  });
}

/** Lets the other gauges be read while one source is unavailable. */
const toNothing = () => undefined;
