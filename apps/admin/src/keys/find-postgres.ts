import { join, resolve } from 'node:path';
import { type KeysConfig, type PostgresConfig, Secret } from '@thumbnail-api/config';
import { findRunningPostgres } from '@thumbnail-api/embedded-postgres';
import { AppError } from '@thumbnail-api/errors';

/**
 * The Postgres that is named, or the one of the `bun start` that runs on the data directory; a relative one counts from
 * `workingDirectory`, as it does there.
 *
 * @throws AppError `unavailable` with what to do, when none is named and none runs
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
    `No \`bun start\` of yours runs on ${directory}: start it first (DATA_DIR says where), or name a Postgres with POSTGRES_HOST.`,
  );
}
