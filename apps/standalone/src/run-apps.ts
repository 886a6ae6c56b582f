import { configExitCode } from '@thumbnail-api/config';
import { describeServices, localUrl } from './describe-services.ts';
import type { EmbeddedServices } from './open-embedded-services.ts';
import type { StandaloneConfig } from './read-standalone-config.ts';
import type { StandaloneDeps } from './standalone-deps.ts';
import { type SupervisedChild, supervise } from './supervise.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/**
 * Runs the API and the worker until shutdown is requested, and prints their addresses once they are ready. Both have
 * exited when it returns.
 *
 * While one of them is not ready, it says so every `waitingNoticeMs` and waits on: a slow start is no failure.
 *
 * Returns the exit status: 0 after a requested shutdown, 78 if one of them has an invalid configuration.
 */
export async function runApps(
  config: StandaloneConfig,
  services: EmbeddedServices,
  deps: StandaloneDeps,
): Promise<number> {
  const { commands, directory, restartPolicy, reportError } = deps;
  const { environment } = services;
  const start = (name: string, command: string[]) =>
    supervise({ name, command, environment, directory }, restartPolicy, reportError);
  const children = [start('The API', commands.api), start('The worker', commands.worker)];
  try {
    return await runUntilShutdown(children, config, services, deps);
  } finally {
    await Promise.all(children.map((child) => child.stop(deps.shutdown.forced)));
  }
}

async function runUntilShutdown(
  children: SupervisedChild[],
  config: StandaloneConfig,
  services: EmbeddedServices,
  deps: StandaloneDeps,
): Promise<number> {
  const { requested } = deps.shutdown;
  const exitCode = Promise.race([
    whenAborted(requested).then(() => 0),
    ...children.map((child) => child.misconfigured.then(() => configExitCode)),
  ]);
  const targets = [
    { name: 'the API', url: `${localUrl(config.api)}/health/ready` },
    { name: 'the worker', url: `${localUrl(config.worker)}/health/ready` },
  ];
  for (;;) {
    const outcome = await Promise.race([exitCode, waitUntilReady(targets, deps.waitingNoticeMs, requested)]);
    if (typeof outcome === 'number') return outcome;
    if (outcome.length === 0) break;
    deps.print(`Still waiting for ${outcome.map(({ name }) => name).join(' and ')} …`);
  }
  deps.print(describeServices(config, services.postgres?.version));
  return await exitCode;
}

function whenAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve());
  return promise;
}
