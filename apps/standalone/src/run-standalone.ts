import { configExitCode, type Environment } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { describeParts, ownUrl } from './describe-parts.ts';
import { type EmbeddedParts, openEmbeddedParts } from './embedded-parts.ts';
import { findTakenPort } from './find-taken-port.ts';
import type { StandaloneConfig } from './read-standalone-config.ts';
import { runToEnd } from './run-to-end.ts';
import type { ShutdownRequests } from './shutdown-requests.ts';
import { type Patience, type SupervisedChild, supervise } from './supervise.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** What the one command needs beside its configuration. */
export interface StandaloneDeps {
  /** The programs it starts, as words. */
  commands: { migrate: string[]; api: string[]; worker: string[] };
  /** The variables of the caller; the children get them all. */
  environment: Environment;
  /** Working directory of the children. */
  directory: string;
  patience: Patience;
  readyDeadlineMs: number;
  shutdown: ShutdownRequests;
  /** Plain lines for people: what happens, and what went wrong. */
  say(line: string): void;
  complain(line: string): void;
}

/**
 * Starts the embedded parts, brings the database up to date, runs API and worker until the end is asked for, and then
 * stops everything in the reverse order.
 *
 * Gives the exit status: 0 after a request to end (1 when somebody insisted), 78 when a configuration cannot be used, 1
 * for everything else that went wrong, each with one line. Nothing it started is left when it returns.
 */
export async function runStandalone(config: StandaloneConfig, deps: StandaloneDeps): Promise<number> {
  const taken = await findTakenPort([
    { variable: 'PORT', ...config.api },
    { variable: 'WORKER_PORT', ...config.worker },
  ]);
  if (taken) return fail(deps, taken);

  deps.say(config.postgres === 'embedded' ? 'Starting Postgres, the API and the worker …' : 'Starting …');
  let parts: EmbeddedParts;
  try {
    parts = await openEmbeddedParts(config, deps.environment, deps.complain);
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

async function runOnParts(config: StandaloneConfig, parts: EmbeddedParts, deps: StandaloneDeps): Promise<number> {
  const { requested, forced } = deps.shutdown;
  const plan = (name: string, command: string[]) => {
    return { name, command, environment: parts.environment, directory: deps.directory };
  };
  const migrated = await runToEnd(plan('The migration', deps.commands.migrate), requested);
  if (requested.aborted) return 0;
  if (migrated === configExitCode) return configExitCode;
  if (migrated !== 0) return fail(deps, `The database could not be brought up to date (exit status ${migrated}).`);

  const children = [
    supervise(plan('The API', deps.commands.api), deps.patience, deps.complain),
    supervise(plan('The worker', deps.commands.worker), deps.patience, deps.complain),
  ];
  try {
    return await watchOver(children, config, parts, deps);
  } finally {
    await Promise.all(children.map((child) => child.stop(forced)));
  }
}

/** From the start of the children to the moment that all shall end. */
async function watchOver(
  children: SupervisedChild[],
  config: StandaloneConfig,
  parts: EmbeddedParts,
  deps: StandaloneDeps,
): Promise<number> {
  const misconfigured = Promise.race(children.map((child) => child.misconfigured)).then(() => 'misconfigured' as const);
  const ended = Promise.race([whenAborted(deps.shutdown.requested), misconfigured]);
  const addresses = [
    { name: 'The API', url: `${ownUrl(config.api)}/health/ready` },
    { name: 'The worker', url: `${ownUrl(config.worker)}/health/ready` },
  ];
  const late = waitUntilReady(addresses, deps.readyDeadlineMs, deps.shutdown.requested);
  const first = await Promise.race([ended, late]);
  if (first === 'misconfigured') return configExitCode;
  if (first === 'requested') return 0;
  if (first.length > 0) {
    const names = first.map(({ name }) => name).join(' and ');
    return fail(deps, `${names} did not get ready within ${deps.readyDeadlineMs / 1_000} s; the lines above say why.`);
  }
  deps.say(describeParts(config, parts.postgres?.version));
  return (await ended) === 'misconfigured' ? configExitCode : 0;
}

function whenAborted(signal: AbortSignal): Promise<'requested'> {
  const { promise, resolve } = Promise.withResolvers<'requested'>();
  if (signal.aborted) resolve('requested');
  signal.addEventListener('abort', () => resolve('requested'));
  return promise;
}

function fail(deps: StandaloneDeps, line: string): number {
  deps.complain(line);
  return 1;
}
