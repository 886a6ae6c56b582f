import { AppError } from '@thumbnail-api/errors';
import type { ClusterPaths } from './cluster-paths.ts';
import { findOrdinaryUser, type OrdinaryUser } from './find-ordinary-user.ts';
import { findPostgresBinaries, type PostgresBinaries } from './find-postgres-binaries.ts';
import { plainEnvironment, runCommand } from './run-command.ts';

/** The Postgres programs of this machine and how to run them. */
export interface PostgresTools extends PostgresBinaries {
  user: OrdinaryUser;
  /** The complete environment of each command. */
  environment: Record<string, string>;
  /** For example `18.4`. */
  version: string;
}

/**
 * Finds the Postgres programs and checks that they run on this machine, as this user.
 *
 * @throws AppError `unavailable` with a message for the user
 */
export async function findPostgresTools(paths: ClusterPaths): Promise<PostgresTools> {
  const binaries = await findPostgresBinaries();
  const user = await findOrdinaryUser(paths, binaries.postgres);
  const environment = { ...plainEnvironment, TMPDIR: paths.temporary };
  const probe = await runCommand([...user.prefix, binaries.postgres, '--version'], { environment });
  const version = /\d+(\.\d+)*/.exec(probe.stdout)?.[0];
  if (probe.exitCode === 0 && version) return { ...binaries, user, environment, version };
  const cause = new Error(probe.stderr.trim());
  throw new AppError(
    'unavailable',
    `The embedded Postgres does not run on this machine (${cause.message.split('\n').at(0)}). Set POSTGRES_HOST to use another Postgres.`,
    { cause },
  );
}
