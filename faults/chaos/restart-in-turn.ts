import { waitUntil } from '@thumbnail-api/testing';
import type { Fleet } from './start-fleet.ts';
import type { SupervisedApp } from './supervise-app.ts';

/** The grace period of an orchestrator. */
const graceMs = 15_000;

/** Restarts every app, one after another, as a deployment does. The proxy in front of the APIs learns it from their readiness. */
export async function restartInTurn({ apis, workers }: Fleet): Promise<void> {
  for (const app of [...apis, ...workers]) await restart(app);
}

/** Deploys the version before this one as the second API and the second worker. The repair deploys this version again. */
export async function deployPreviousVersion(fleet: Fleet): Promise<() => Promise<void>> {
  await deploy(fleet, 'previous');
  return () => deploy(fleet, 'own');
}

async function deploy({ apis, workers, useVersion }: Fleet, version: 'previous' | 'own'): Promise<void> {
  useVersion(version);
  for (const app of [apis[1], workers[1]]) await restart(app);
}

async function restart(app: SupervisedApp): Promise<void> {
  const old = app.current();
  old.signal('SIGTERM');
  await Promise.race([old.exited, Bun.sleep(graceMs)]);
  old.signal('SIGKILL');
  await waitUntil('another process runs', async () => app.current() !== old).catch(() => undefined);
}
