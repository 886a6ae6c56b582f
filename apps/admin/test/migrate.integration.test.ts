import { join } from 'node:path';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { createDatabase } from '@thumbnail-api/testing';
import { expect, inject, test } from 'vitest';

const main = join(import.meta.dirname, '../src/main.ts');

async function migrate(environment: Record<string, string>) {
  const child = Bun.spawn([process.execPath, '--no-env-file', main, 'migrate'], {
    env: environment,
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output, errors };
}

test('several runs at once migrate an empty database, and a later run does nothing', async () => {
  const { postgres } = inject('services');
  const empty = await createDatabase(postgres, { migrated: false });
  const environment = {
    POSTGRES_HOST: postgres.host,
    POSTGRES_PORT: String(postgres.port),
    POSTGRES_DB: empty.config.database,
    POSTGRES_USER: postgres.user,
    POSTGRES_PASSWORD: postgres.password,
    QUEUE: 'postgres',
  };
  const runs = await Promise.all(Array.from({ length: 3 }, () => migrate(environment)));
  expect(runs.map(({ exitCode, errors }) => ({ exitCode, errors }))).toEqual(
    Array(3).fill({ exitCode: 0, errors: '' }),
  );
  expect((await migrate(environment)).exitCode).toBe(0);
  const database = openDatabase(empty.config, 1);
  await expect(assertSchema(database)).resolves.toBeUndefined();
  await database.close();
  await empty.drop();
});

test('exits with 78 and every issue if the configuration is invalid', async () => {
  const { exitCode, errors } = await migrate({ POSTGRES_PORT: 'x' });
  expect(exitCode).toBe(78);
  expect(errors).toMatch(/POSTGRES_HOST is not set[\s\S]*POSTGRES_PORT[\s\S]*REDIS_HOST/);
});

test('exits with 1 if the database is unavailable', async () => {
  const { exitCode } = await migrate({ POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: '1', QUEUE: 'postgres' });
  expect(exitCode).toBe(1);
});
