import type { JobsDeps } from '../deps.ts';
import { CoverageHeartbeat } from './coverage-heartbeat.ts';
import { heartbeatMs } from './coverage-policy.ts';

/**
 * Records every 5 seconds that this process reaches the database and that it is still the same one, until it is stopped.
 * The orphan search and the repetition of deletions after a restore depend on it. Each API and worker process runs it.
 */
export function keepCoverage(deps: Pick<JobsDeps, 'database' | 'store' | 'log'>): { stop: () => void } {
  const heartbeat = new CoverageHeartbeat(deps);
  let isStopped = false;
  const run = async () => {
    await heartbeat.beat().catch((error) => deps.log.debug({ error }, 'heartbeat not recorded, trying again'));
    if (!isStopped) timer = setTimeout(run, heartbeatMs);
  };
  let timer = setTimeout(run, 0);
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
