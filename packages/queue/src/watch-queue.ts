import { OutageLog } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import type { QueueConnection } from './backend.ts';
import { readRedisFaults } from './read-redis-faults.ts';

/** What is wrong with the Redis of the queue, as of the latest check. */
export interface QueueWatch {
  /** Whether it may delete messages. */
  evicts: () => boolean;
  /** Whether another installation uses the queue. */
  isShared: () => boolean;
  stop: () => void;
}

const defaultIntervalMs = 30_000;

/**
 * Checks the Redis of the queue every 30 s, since its settings and the owner of the queue can change at any time. Logs one line
 * when something is wrong, and one when it no longer is. A queue on Postgres has neither fault. The caller stops it.
 */
export function watchQueue(
  { queue }: QueueConnection,
  installationId: string,
  log: Logger,
  intervalMs = defaultIntervalMs,
): QueueWatch {
  const faults = { evicts: false, shared: false };
  const logs = {
    evicts: new OutageLog(log, { begin: 'Redis can lose messages', end: 'Redis evicts no keys any more' }),
    shared: new OutageLog(log, { begin: 'the queue is shared', end: 'the queue is no longer shared' }),
  };
  const check = async () => {
    if (queue.kind !== 'redis') return;
    const read = await readRedisFaults(queue, installationId).catch(() => null);
    // Without an answer there is nothing new; the consumer and the publisher log that Redis is unavailable.
    if (!read) return;
    for (const name of ['evicts', 'shared'] as const) {
      faults[name] = read[name] !== null;
      if (read[name]) logs[name].failed(new Error(read[name]));
      else logs[name].worked();
    }
  };
  const timer = setInterval(check, intervalMs);
  return { evicts: () => faults.evicts, isShared: () => faults.shared, stop: () => clearInterval(timer) };
}
