import { waitUntil } from '@thumbnail-api/testing';
import type { Forgotten } from '../checker/check-history.ts';
import type { Fleet } from './start-fleet.ts';

/**
 * Copies the database, and returns a function that stops the apps, puts the copy in the place of the database, adds to
 * `fleet.forgotten` what the copy lacks, and starts the apps.
 */
export async function copyDatabase(fleet: Fleet): Promise<() => Promise<void>> {
  const { stack, runOnServer, forgotten } = fleet;
  const name = stack.database.database;
  const copy = `${name}_copy`;
  const closeConnections = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`;
  // A database with open connections cannot be copied.
  await waitUntil('the database is copied', async () => {
    try {
      await runOnServer(
        `drop database if exists ${copy}`,
        `alter database ${name} allow_connections false`,
        closeConnections,
        `create database ${copy} template ${name}`,
      );
    } finally {
      await runOnServer(`alter database ${name} allow_connections true`);
    }
    return true;
  });
  return async () => {
    const apps = [...fleet.apis, ...fleet.workers];
    await Promise.all(apps.map((app) => app.stop()));
    await runOnServer(closeConnections);
    const before = await readRows(fleet);
    await runOnServer(`drop database ${name} with (force)`, `alter database ${copy} rename to ${name}`);
    const after = await readRows(fleet);
    for (const id of before.jobs.difference(after.jobs)) forgotten.jobs.add(id);
    for (const key of before.thumbnails.difference(after.thumbnails)) forgotten.thumbnails.add(key);
    for (const [id, sha256] of before.originals) if (!after.originals.has(id)) forgotten.originals.set(id, sha256);
    for (const app of apps) app.resume();
  };
}

const readRows = async ({ stack: { sql } }: Fleet): Promise<Forgotten> => ({
  jobs: new Set((await sql`select id from jobs`).map(({ id }) => String(id))),
  thumbnails: new Set((await sql`select key from thumbnails`).map(({ key }) => String(key))),
  originals: new Map((await sql`select id, sha256 from images`).map(({ id, sha256 }) => [String(id), String(sha256)])),
});
