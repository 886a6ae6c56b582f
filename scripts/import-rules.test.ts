import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
/** Folder, code that has no place there, and what the linter says of it. */
const forbidden: [string, string, string][] = [
  ['packages/errors/src', `export { loadConfig } from '@thumbnail-api/config';`, 'arrows point down'],
  ['packages/storage/src', `export { openDatabase } from '@thumbnail-api/db';`, 'arrows point down'],
  ['packages/jobs/src', `export { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';`, 'arrows point'],
  ['packages/jobs/src', `export { findCaller } from '@thumbnail-api/api-keys';`, 'arrows point down'],
  ['packages/api-keys/src', `export { getJob } from '@thumbnail-api/jobs';`, 'arrows point down'],
  ['apps/keys/src', `export { sql } from 'drizzle-orm';`, 'SQL lives in packages/jobs'],
  ['packages/jobs/src', `export { S3Client } from '@aws-sdk/client-s3';`, 'Use ObjectStore of'],
  ['packages/jobs/src', `export { Queue } from 'bullmq';`, 'Use the publisher or consumer of'],
  ['packages/jobs/src', `export { Redis } from 'ioredis';`, 'Use the publisher or consumer of'],
  ['apps/backend-api/src', `export { sql } from 'drizzle-orm';`, 'SQL lives in packages/jobs'],
  [
    'apps/backend-api/src',
    `import sharp from 'sharp'; export const x = sharp;`,
    'Only apps/backend-worker/src/renderer',
  ],
  ['apps/backend-worker/src', `import sharp from 'sharp'; export const x = sharp;`, 'Only apps/backend-worker/src/'],
  ['apps/backend-worker/src/renderer', `export { openDatabase } from '@thumbnail-api/db';`, 'arrows point down'],
  ['apps/backend-worker/src/renderer', `export { openPublisher } from '@thumbnail-api/queue';`, 'arrows point down'],
  [
    'apps/backend-api/src',
    `export { work } from '../../backend-worker/src/worker.ts';`,
    'Apps are started, not imported',
  ],
  ['apps/backend-api/src/http', `export * as main from '../main.ts';`, 'Nobody imports a main.ts'],
  ['packages/jobs/src', `export { Secret } from '../../../packages/config/src/secret.ts';`, 'by its name'],
  ['e2e', `export { AppError } from '@thumbnail-api/errors';`, 'e2e is a black box'],
  ['packages/jobs/src', `export const home = process.env.HOME;`, `Don't use process.env`],
  ['packages/jobs/src', `export const home = Bun.env.HOME;`, 'Only main.ts reads the environment'],
  ['packages/jobs/src', `export const home = import.meta.env.HOME;`, 'Only main.ts reads the environment'],
];
const allowed = ['packages/jobs/src', "export { openDatabase } from '@thumbnail-api/db';"] as const;

let directory: string;
let said: Record<string, string[]>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-rules-'));
  await cp(join(root, 'biome'), join(directory, 'biome'), { recursive: true });
  const { vcs: _, ...config } = await Bun.file(join(root, 'biome.json')).json();
  await Bun.write(join(directory, 'biome.json'), JSON.stringify(config));
  const files = [...forbidden, allowed].map(([folder, code], index) => [`${folder}/case-${index}.ts`, code] as const);
  for (const [path, code] of files) await Bun.write(join(directory, path), `${code}\n`);

  const program = join(root, 'node_modules/.bin/biome');
  const biome = Bun.spawn([program, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: directory,
    stdout: 'pipe',
    stderr: 'ignore',
  });
  const { diagnostics } = (await new Response(biome.stdout).json()) as {
    diagnostics: { severity: string; message: unknown; location: { path: unknown } }[];
  };
  said = Object.fromEntries(
    files.map(([path]) => [
      path,
      diagnostics
        .filter(({ severity, location }) => severity === 'error' && JSON.stringify(location.path).includes(path))
        .map(({ message }) => JSON.stringify(message)),
    ]),
  );
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each(forbidden.map(([folder, code, message], index) => ({ folder, code, message, index })))(
  'in $folder, `$code` is an error',
  ({ folder, message, index }) => {
    expect(said[`${folder}/case-${index}.ts`]?.join()).toContain(message);
  },
);

test('what a room may import is no error', () => {
  expect(said[`${allowed[0]}/case-${forbidden.length}.ts`]?.join()).not.toContain('arrows point down');
});
