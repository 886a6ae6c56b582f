import { join, resolve } from 'node:path';
import { type KeysConfig, type PostgresConfig, Secret } from '@thumbnail-api/config';
import { findRunningPostgres } from '@thumbnail-api/embedded-postgres';
import { AppError } from '@thumbnail-api/errors';

/**
 * Returns the Postgres that the configuration names, or else the one embedded by a running `bun start`. A relative data
 * directory is resolved against `workingDirectory`.
 *
 * @throws AppError `unavailable` if none is named and none is running
 */
export async function findPostgres(
  { postgres, dataDirectory }: KeysConfig,
  workingDirectory: string,
): Promise<PostgresConfig> {
  if (postgres) return postgres;
  const directory = resolve(workingDirectory, dataDirectory);
  const running = await findRunningPostgres(join(directory, 'postgres'));
  if (running) return { ...running, password: new Secret(running.password), tls: false };
  throw new AppError(
    'unavailable',
    `No \`bun start\` is running with the data directory ${directory}. Start it, set DATA_DIR to its directory, or set POSTGRES_HOST.`,
  );
}
