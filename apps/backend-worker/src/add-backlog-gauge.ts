import { countDeletions, type JobsDeps } from '@thumbnail-api/jobs';
import { shareResult, withDeadline } from '@thumbnail-api/resilience';
import { Gauge, type Registry } from '@thumbnail-api/telemetry';

const resultMaxAgeMs = 5_000;
const readDeadline = { deadlineMs: 2_000, code: 'unavailable', message: 'The database did not answer.' } as const;

/**
 * Adds the gauge of what the sweep of all workers has still to delete. Postgres is queried at most once in 5 seconds. The
 * gauge has no value while Postgres is unavailable.
 */
export function addBacklogGauge(
  registry: Registry,
  deps: Pick<JobsDeps, 'database'>,
  { retentionDays }: { retentionDays: number },
): void {
  const read = shareResult(() => withDeadline(readDeadline, () => countDeletions(deps, retentionDays)));
  new Gauge({
    name: 'thumbnails_deletion_backlog',
    help: 'Jobs past their retention (expired), images and jobs to remove (due), and those that are being removed or that the store refused (postponed).',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      const backlog = await read(resultMaxAgeMs).catch(() => ({}));
      for (const [state, count] of Object.entries(backlog)) this.set({ state }, count);
    },
  });
}
