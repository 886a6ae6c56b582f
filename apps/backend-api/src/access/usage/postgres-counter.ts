import { addUsage, type Database, deletePastUsage } from '@thumbnail-api/db';
import type { Logger } from '@thumbnail-api/telemetry';
import type { UsageCounter } from './usage-counter.ts';

const defaultCleanupEveryMs = 10_000;

/**
 * Counts in Postgres, by its clock, for every process on the same database. Every `cleanupEveryMs`, `add` also deletes the
 * windows that have ended.
 *
 * Closing it closes `database`. Nothing else may use that pool: waiting for a row lock here must not delay other statements.
 */
export function openPostgresCounter(
  database: Database,
  windowMs: number,
  log: Logger,
  cleanupEveryMs = defaultCleanupEveryMs,
): UsageCounter {
  let cleanupAt = performance.now() + cleanupEveryMs;
  return {
    add: async (key, amount) => {
      const usage = await addUsage(database, { key, amount, windowMs });
      if (performance.now() > cleanupAt) {
        cleanupAt = performance.now() + cleanupEveryMs;
        deletePastUsage(database).catch((error) => log.warn({ error }, 'deleting ended usage windows failed'));
      }
      return usage;
    },
    close: () => database.close(),
  };
}
