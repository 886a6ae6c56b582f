import { addUsage, type Database, deletePastUsage } from '@thumbnail-api/db';
import type { Logger } from '@thumbnail-api/telemetry';
import type { Counter } from './usage-counter.ts';

const defaultCleanEveryMs = 10_000;

/**
 * Counts in Postgres, on its clock, for every process on the same database. Every `cleanEveryMs` an add also deletes the
 * windows that have ended. Closing it closes `database`, which no one else may use: a row lock here must not delay others.
 */
export function openPostgresCounter(
  database: Database,
  windowMs: number,
  log: Logger,
  cleanEveryMs = defaultCleanEveryMs,
): Counter {
  let cleanAt = performance.now() + cleanEveryMs;
  return {
    add: async (key, amount) => {
      const counted = await addUsage(database, { key, amount, windowMs });
      if (performance.now() > cleanAt) {
        cleanAt = performance.now() + cleanEveryMs;
        deletePastUsage(database).catch((error) => log.warn({ error }, 'past usage could not be deleted'));
      }
      return counted;
    },
    close: () => database.close(),
  };
}
