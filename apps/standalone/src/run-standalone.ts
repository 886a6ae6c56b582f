import { configExitCode, type Environment } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { type EmbeddedServices, openEmbeddedServices } from './embedded-services.ts';
import { findPortInUse } from './find-port-in-use.ts';
import type { StandaloneConfig } from './read-standalone-config.ts';
import { runApps } from './run-apps.ts';
import { runToEnd } from './run-to-end.ts';
import type { ShutdownRequests } from './shutdown-requests.ts';
import type { RestartPolicy } from './supervise.ts';

/** What the one command needs beside its configuration. */
export interface StandaloneDeps {
  /** The programs it starts, as words. */
  commands: { migrate: string[]; api: string[]; worker: string[] };
  /** The variables of the caller; the children get them all. */
  environment: Environment;
  /** Working directory of the children. */
  directory: string;
  patience: RestartPolicy;
  readyDeadlineMs: number;
  shutdown: ShutdownRequests;
  /** Plain lines for people: what happens, and what went wrong. */
  say(line: string): void;
  reportError(line: string): void;
}

/**
 * Starts the embedded parts, brings the database up to date, runs API and worker until the end is asked for, and then
 * stops everything in the reverse order.
 *
 * Gives the exit status: 0 after a request to end (1 when somebody insisted), 78 when a configuration cannot be used, 1
 * for everything else that went wrong, each with one line. Nothing it started is left when it returns.
 */
export async function runStandalone(config: StandaloneConfig, deps: StandaloneDeps): Promise<number> {
  const taken = await findPortInUse([
    { variable: 'PORT', ...config.api },
    { variable: 'WORKER_PORT', ...config.worker },
  ]);
  if (taken) return fail(deps, taken);

  if (deps.shutdown.requested.aborted) return 0;
  deps.say(config.postgres === 'embedded' ? 'Starting Postgres, the API and the worker …' : 'Starting …');
  let parts: EmbeddedServices;
  try {
    parts = await openEmbeddedServices(config, deps.environment, deps.reportError);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fail(deps, error.publicMessage);
  }
  try {
    const exitCode = await runOnParts(config, parts, deps);
    return deps.shutdown.forced.aborted ? 1 : exitCode;
  } finally {
    await parts.close();
  }
}

async function runOnParts(config: StandaloneConfig, parts: EmbeddedServices, deps: StandaloneDeps): Promise<number> {
  const { commands, directory, shutdown } = deps;
  const migration = { name: 'The migration', command: commands.migrate, environment: parts.environment, directory };
  const migrated = await runToEnd(migration, shutdown.requested);
  if (shutdown.requested.aborted) return 0;
  if (migrated === configExitCode) return configExitCode;
  if (migrated !== 0) return fail(deps, `The database could not be brought up to date (exit status ${migrated}).`);
  return await runApps(config, parts, deps);
}

function fail(deps: StandaloneDeps, line: string): number {
  deps.reportError(line);
  return 1;
}
