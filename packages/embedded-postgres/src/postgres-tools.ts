import { AppError } from '@thumbnail-api/errors';
import { ordinaryUserPrefix } from './ordinary-user.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { plainEnvironment, runCommand } from './run-command.ts';

/** Everything that is needed to call Postgres on this machine. */
export interface PostgresTools extends PostgresBinaries {
  /** The words to put before each command. */
  prefix: string[];
  /** The whole environment of each command. */
  environment: Record<string, string>;
  /** For example `18.4`. */
  version: string;
}

/**
 * Finds the programs and proves that they run here, as this user.
 *
 * @throws AppError `unavailable` with what to do
 */
export async function findPostgresTools(temporaryDirectory: string): Promise<PostgresTools> {
  const binaries = await findPostgresBinaries();
  const prefix = await ordinaryUserPrefix();
  const environment = { ...plainEnvironment, TMPDIR: temporaryDirectory };
  const probe = await runCommand([...prefix, binaries.postgres, '--version'], { environment });
  const version = /\d+(\.\d+)*/.exec(probe.stdout)?.[0];
  if (probe.exitCode === 0 && version) return { ...binaries, prefix, environment, version };
  const cause = new Error(probe.stderr.trim());
  throw new AppError(
    'unavailable',
    `The embedded Postgres does not run on this machine (${cause.message.split('\n').at(0)}): name a Postgres with POSTGRES_HOST.`,
    { cause },
  );
}
