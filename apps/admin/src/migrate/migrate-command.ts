import { type Environment, loadConfigOrExit, migrateConfig, type PostgresConfig } from '@thumbnail-api/config';
import { grantService, migrateDatabase } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { migrateQueue } from '@thumbnail-api/queue';
import { createLogger, type Logger } from '@thumbnail-api/telemetry';

const sameRole =
  'the API and the worker use the role that owns the tables: to separate them, set POSTGRES_MIGRATE_USER to this role and POSTGRES_USER to a new name, which migrate creates';

/** Applies all pending migrations, and those of the queue if it is in Postgres, and gives the role of the service its rows. Returns 0, or 1 for a failure. */
export async function runMigrateCommand(environment: Environment): Promise<number> {
  const config = loadConfigOrExit(migrateConfig, environment);
  const log = createLogger('migrate', config.logLevel);
  try {
    await migrateDatabase(config.postgres, {
      waitMs: config.waitMs,
      onBlocked: (sessions) => log.warn({ sessions }, 'waiting for a lock that these sessions hold'),
    });
    await migrateQueue(config);
    if (config.service) await separateService(config.postgres, config.service, log);
    else log.warn({ role: config.postgres.user }, sameRole);
    log.info('database migrated');
    return 0;
  } catch (error) {
    log.fatal({ error }, error instanceof AppError ? error.publicMessage : 'database migration failed');
    return 1;
  }
}

async function separateService(owner: PostgresConfig, service: PostgresConfig, log: Logger): Promise<void> {
  const excess = await grantService(owner, service);
  if (excess.length > 0)
    log.warn(
      { role: service.user, excess },
      'the role of the API and the worker can do more than read and change rows',
    );
}
