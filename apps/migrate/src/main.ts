import { loadConfigOrExit, migrateConfig } from '@thumbnail-api/config';
import { migrateDatabase } from '@thumbnail-api/db';
import { migrateQueue } from '@thumbnail-api/queue';
import { createLogger } from '@thumbnail-api/telemetry';

const config = loadConfigOrExit(migrateConfig, process.env);
const log = createLogger('migrate', config.logLevel);

try {
  await migrateDatabase(config.postgres);
  await migrateQueue(config);
  log.info('the database is up to date');
} catch (error) {
  log.fatal({ error }, 'the database could not be brought up to date');
  process.exit(1);
}
