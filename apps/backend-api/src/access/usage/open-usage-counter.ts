import type { PostgresConfig, QueueConfig } from '@thumbnail-api/config';
import { openDatabase } from '@thumbnail-api/db';
import type { Logger } from '@thumbnail-api/telemetry';
import { openMemoryCounter } from './memory-counter.ts';
import { openPostgresCounter } from './postgres-counter.ts';
import { openRedisCounter } from './redis-counter.ts';
import type { UsageCounter } from './usage-counter.ts';
import { withFallback } from './with-fallback.ts';

/** How a counter behaves. */
export interface UsageCounterOptions {
  windowMs: number;
  log: Logger;
  /** Called for each use that this process counts alone; with the error if the shared counter was called first. */
  onFallback: (error: unknown) => void;
  /** How long the shared counter may take to answer, in milliseconds. Default: 250. */
  answerMs?: number;
}

const connectionsMax = 3;
const defaultAnswerMs = 250;
const pauseMs = 2_000;
const logEveryMs = 60_000;

/**
 * Opens the counter that all API processes share: in Redis if the queue uses Redis, else in Postgres. While it is
 * unavailable, each process counts in its own memory. The caller closes it.
 */
export function openUsageCounter(
  config: { queue: QueueConfig; postgres: PostgresConfig },
  options: UsageCounterOptions,
): UsageCounter {
  const { windowMs, log, onFallback, answerMs = defaultAnswerMs } = options;
  const shared =
    config.queue.kind === 'redis'
      ? openRedisCounter(config.queue, windowMs, log)
      : openPostgresCounter(openDatabase(config.postgres, connectionsMax), windowMs, log);
  let loggedAt = Number.NEGATIVE_INFINITY;
  return withFallback(shared, openMemoryCounter(windowMs), {
    answerMs,
    pauseMs,
    onFallback: (error) => {
      onFallback(error);
      if (!error || performance.now() - loggedAt < logEveryMs) return;
      loggedAt = performance.now();
      log.warn({ error }, 'shared usage counter unavailable, this process counts alone');
    },
  });
}
