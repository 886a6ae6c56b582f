import { type Environment, loadConfigOrExit, migrateConfig } from '@thumbnail-api/config';
import { migrateDatabase } from '@thumbnail-api/db';
import { migrateQueue } from '@thumbnail-api/queue';
import { createLogger } from '@thumbnail-api/telemetry';

/** Applies every migration that the database lacks, then the queue's own where Postgres carries it. */
export async function runMigrateCommand(environment: Environment): Promise<number> {
  const config = loadConfigOrExit(migrateConfig, environment);
  const log = createLogger('migrate', config.logLevel);
  try {
    await migrateDatabase(config.postgres);
    await migrateQueue(config);
    log.info('the database is up to date');
    return 0;
  } catch (error) {
    log.fatal({ error }, 'the database could not be migrated');
    return 1;
  }
}
