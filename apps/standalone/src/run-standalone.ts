import { configExitCode } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { findPortInUse } from './find-port-in-use.ts';
import { type EmbeddedServices, openEmbeddedServices } from './open-embedded-services.ts';
import type { StandaloneConfig } from './read-standalone-config.ts';
import { runApps } from './run-apps.ts';
import { type ChildPlan, spawnChild } from './spawn-child.ts';
import type { StandaloneDeps } from './standalone-deps.ts';

/**
 * Starts the embedded services, migrates the database, runs the API and the worker until shutdown is requested, and then
 * stops everything in reverse order.
 *
 * Returns the exit status: 0 after a requested shutdown, 78 for an invalid configuration, 1 for a forced shutdown and any
 * other failure, which is reported in one line. No child process is left running.
 */
export async function runStandalone(config: StandaloneConfig, deps: StandaloneDeps): Promise<number> {
  const portError = await findPortInUse([
    { variable: 'PORT', ...config.api },
    { variable: 'WORKER_PORT', ...config.worker },
  ]);
  if (portError) return fail(deps, portError);

  if (deps.shutdown.requested.aborted) return 0;
  deps.print(`Starting ${config.postgres === 'embedded' ? 'Postgres, ' : ''}the API and the worker …`);
  let services: EmbeddedServices;
  try {
    services = await openEmbeddedServices(config, deps.environment, deps.reportError);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fail(deps, error.publicMessage);
  }
  try {
    const exitCode = await migrateAndRun(config, services, deps);
    return deps.shutdown.forced.aborted ? 1 : exitCode;
  } finally {
    await services.close();
  }
}

async function migrateAndRun(
  config: StandaloneConfig,
  services: EmbeddedServices,
  deps: StandaloneDeps,
): Promise<number> {
  const { commands, directory, shutdown } = deps;
  const environment = services.migration;
  const migration = { name: 'The migration', command: commands.migrate, environment, directory };
  const exitCode = await runMigration(migration, shutdown.requested);
  if (shutdown.requested.aborted) return 0;
  if (exitCode === configExitCode) return configExitCode;
  if (exitCode !== 0)
    return fail(deps, `The database could not be migrated (exit status ${exitCode}). See the error above.`);
  return await runApps(config, services, deps);
}

async function runMigration(plan: ChildPlan, cancelled: AbortSignal): Promise<number> {
  const child = spawnChild(plan);
  cancelled.addEventListener('abort', child.kill);
  if (cancelled.aborted) child.kill();
  const { exitCode } = await child.exited;
  cancelled.removeEventListener('abort', child.kill);
  return exitCode;
}

function fail(deps: StandaloneDeps, line: string): number {
  deps.reportError(line);
  return 1;
}
