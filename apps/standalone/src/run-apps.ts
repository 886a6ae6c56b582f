import { configExitCode } from '@thumbnail-api/config';
import { describeServices, ownUrl } from './describe-services.ts';
import type { EmbeddedServices } from './embedded-services.ts';
import type { StandaloneConfig } from './read-standalone-config.ts';
import type { StandaloneDeps } from './run-standalone.ts';
import { type SupervisedChild, supervise } from './supervise.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/**
 * Runs API and worker until the end is asked for, and says once where they are; both have ended when it returns.
 *
 * Gives the exit status: 0, 1 when they were not ready in time, 78 when one cannot use its configuration.
 */
export async function runApps(
  config: StandaloneConfig,
  parts: EmbeddedServices,
  deps: StandaloneDeps,
): Promise<number> {
  const { commands, directory, patience, reportError } = deps;
  const { environment } = parts;
  const children = [
    supervise({ name: 'The API', command: commands.api, environment, directory }, patience, reportError),
    supervise({ name: 'The worker', command: commands.worker, environment, directory }, patience, reportError),
  ];
  try {
    return await watchOver(children, config, parts, deps);
  } finally {
    await Promise.all(children.map((child) => child.stop(deps.shutdown.forced)));
  }
}

async function watchOver(
  children: SupervisedChild[],
  config: StandaloneConfig,
  parts: EmbeddedServices,
  deps: StandaloneDeps,
): Promise<number> {
  const { requested } = deps.shutdown;
  const misconfigured = Promise.race(children.map((child) => child.misconfigured)).then(() => 'misconfigured' as const);
  const ended = Promise.race([whenAborted(requested), misconfigured]);
  const addresses = [
    { name: 'The API', url: `${ownUrl(config.api)}/health/ready` },
    { name: 'The worker', url: `${ownUrl(config.worker)}/health/ready` },
  ];
  const first = await Promise.race([ended, waitUntilReady(addresses, deps.readyDeadlineMs, requested)]);
  if (first === 'misconfigured') return configExitCode;
  if (first === 'requested') return 0;
  if (first.length > 0) {
    const names = first.map(({ name }) => name).join(' and ');
    deps.reportError(`${names} did not get ready within ${deps.readyDeadlineMs / 1_000} s; the lines above say why.`);
    return 1;
  }
  deps.say(describeServices(config, parts.postgres?.version));
  return (await ended) === 'misconfigured' ? configExitCode : 0;
}

function whenAborted(signal: AbortSignal): Promise<'requested'> {
  const { promise, resolve } = Promise.withResolvers<'requested'>();
  if (signal.aborted) resolve('requested');
  signal.addEventListener('abort', () => resolve('requested'));
  return promise;
}
