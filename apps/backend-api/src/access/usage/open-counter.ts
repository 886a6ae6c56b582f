import type { PostgresConfig, QueueConfig } from '@thumbnail-api/config';
import { openDatabase } from '@thumbnail-api/db';
import type { Logger } from '@thumbnail-api/telemetry';
import { withFallback } from './insured-counter.ts';
import { openMemoryCounter } from './memory-counter.ts';
import { openPostgresCounter } from './postgres-counter.ts';
import { openRedisCounter } from './redis-counter.ts';
import type { Counter } from './usage-counter.ts';

/** What a counter is opened with. */
export interface CounterOptions {
  windowMs: number;
  log: Logger;
  /** Called whenever the memory of the process counts instead; with the error when the shared count was asked first. */
  onFallback: (error: unknown) => void;
  /** How long the shared count may take; default 250 ms. */
  answerMs?: number;
}

const connectionsMax = 3;
/** What a request may lose when the shared count hangs; one that is away costs nothing. */
const usualAnswerMs = 250;
const restMs = 2_000;

/**
 * Opens the count that all processes share: in Redis where one carries the queue, else in Postgres. The memory of the
 * process counts while that is away. Whoever opens it closes it.
 */
export function openCounter(parts: { queue: QueueConfig; postgres: PostgresConfig }, options: CounterOptions): Counter {
  const { windowMs, log, onFallback, answerMs = usualAnswerMs } = options;
  const shared =
    parts.queue.kind === 'redis'
      ? openRedisCounter(parts.queue, windowMs, log)
      : openPostgresCounter(openDatabase(parts.postgres, connectionsMax), windowMs, log);
  let toldAt = Number.NEGATIVE_INFINITY;
  return withFallback(shared, openMemoryCounter(windowMs), {
    answerMs,
    restMs,
    onFallback: (error) => {
      onFallback(error);
      if (!error || performance.now() - toldAt < 60_000) return;
      toldAt = performance.now();
      log.warn({ error }, 'the shared count of usage is out of reach: this process counts for itself');
    },
  });
}
