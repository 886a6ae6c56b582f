import { type Environment, loadConfigOrExit, migrateConfig } from '@thumbnail-api/config';
import { migrateDatabase } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { migrateQueue } from '@thumbnail-api/queue';
import { createLogger } from '@thumbnail-api/telemetry';

/** Applies all pending migrations, and those of the queue if it is in Postgres. Returns 0, or 1 for a failure. */
export async function runMigrateCommand(environment: Environment): Promise<number> {
  const config = loadConfigOrExit(migrateConfig, environment);
  const log = createLogger('migrate', config.logLevel);
  try {
    await migrateDatabase(config.postgres, {
      waitMs: config.waitMs,
      onBlocked: (sessions) => log.warn({ sessions }, 'waiting for a lock that these sessions hold'),
    });
    await migrateQueue(config);
    log.info('database migrated');
    return 0;
  } catch (error) {
    log.fatal({ error }, error instanceof AppError ? error.publicMessage : 'database migration failed');
    return 1;
  }
}
