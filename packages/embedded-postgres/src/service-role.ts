import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import type { ClusterPaths } from './cluster-paths.ts';

/** The role of the API and the worker. The migration creates it. */
export const serviceName = 'thumbnails_service';

/** Returns the password of the role of the service, and makes it up at the first start: older directories have none. */
export async function prepareServicePassword(paths: ClusterPaths): Promise<string> {
  const staging = `${paths.servicePasswordFile}.${process.pid}`;
  await writeFile(staging, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  // A link, so that the file is complete if it exists, and an existing one is kept.
  await link(staging, paths.servicePasswordFile).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(staging);
  return (await readFile(paths.servicePasswordFile, 'utf8')).trim();
}
