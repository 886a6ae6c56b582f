import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const undeclared = (name: string) => `Dependency ${name} isn't specified`;
/** A folder, code that is forbidden there, and the linter's message. */
const forbidden: [string, string, string][] = [
  ['packages/errors/src', `export { loadConfig } from '@thumbnail-api/config';`, undeclared('@thumbnail-api/config')],
  ['packages/storage/src', `export { openDatabase } from '@thumbnail-api/db';`, undeclared('@thumbnail-api/db')],
  [
    'packages/jobs/src',
    `export { openEmbeddedPostgres } from '@thumbnail-api/embedded-postgres';`,
    undeclared('@thumbnail-api/embedded-postgres'),
  ],
  ['packages/jobs/src', `export { findCaller } from '@thumbnail-api/api-keys';`, undeclared('@thumbnail-api/api-keys')],
  ['packages/api-keys/src', `export { getJob } from '@thumbnail-api/jobs';`, undeclared('@thumbnail-api/jobs')],
  ['apps/admin/src', `export { sql } from 'drizzle-orm';`, undeclared('drizzle-orm')],
  ['packages/jobs/src', `export { S3Client } from '@aws-sdk/client-s3';`, undeclared('@aws-sdk/client-s3')],
  ['packages/jobs/src', `export { Queue } from 'bullmq';`, undeclared('bullmq')],
  ['packages/jobs/src', `export { Redis } from 'ioredis';`, undeclared('ioredis')],
  ['apps/backend-api/src', `export { sql } from 'drizzle-orm';`, undeclared('drizzle-orm')],
  ['apps/backend-api/src', `import sharp from 'sharp'; export const x = sharp;`, undeclared('sharp')],
  ['apps/backend-worker/src', `import sharp from 'sharp'; export const x = sharp;`, undeclared('sharp')],
  ['apps/renderer/src', `export { openDatabase } from '@thumbnail-api/db';`, undeclared('@thumbnail-api/db')],
  ['apps/renderer/src', `export { openPublisher } from '@thumbnail-api/queue';`, undeclared('@thumbnail-api/queue')],
  ['apps/renderer/src', `export { openStore } from '@thumbnail-api/storage';`, undeclared('@thumbnail-api/storage')],
  ['apps/renderer/src', `export { loadConfig } from '@thumbnail-api/config';`, undeclared('@thumbnail-api/config')],
  [
    'apps/backend-api/src',
    `export { work } from '../../backend-worker/src/worker.ts';`,
    'Apps are started, not imported',
  ],
  ['apps/backend-api/src/http', `export * as main from '../main.ts';`, 'A main.ts is started'],
  ['packages/jobs/src', `export { Secret } from '../../../packages/config/src/secret.ts';`, 'by its name'],
  ['packages/jobs/src', `export { Secret } from '../../config/src/secret.ts';`, 'by its name'],
  ['e2e', `export { AppError } from '@thumbnail-api/errors';`, undeclared('@thumbnail-api/errors')],
  ['e2e', `export { createApp } from '../apps/backend-api/src/app.ts';`, 'Apps are started, not imported'],
  ['packages/jobs/src', `export const home = process.env.HOME;`, `Don't use process.env`],
  ['packages/jobs/src', `export const home = Bun.env.HOME;`, 'Only main.ts reads the environment'],
  ['packages/jobs/src', `export const home = import.meta.env.HOME;`, 'Only main.ts reads the environment'],
];
const allowed = ['packages/jobs/src', "export { openDatabase } from '@thumbnail-api/db';"] as const;

/** The layers of packages, lowest first. A package may depend only on lower layers; its tests may use any package. */
const layers = [
  ['errors'],
  ['thumbnail-spec', 'image-probe', 'resilience'],
  ['config', 'embedded-postgres'],
  ['telemetry'],
  ['db', 'storage', 'queue'],
  ['jobs', 'api-keys', 'renderer-protocol'],
];
/** Dependencies used without an import: a font that is read by its path. */
const notImported = new Set(['dejavu-fonts-ttf']);

let directory: string;
/** The linter's errors, by file. */
let errors: Record<string, string[]>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-rules-'));
  await cp(join(root, 'biome'), join(directory, 'biome'), { recursive: true });
  const { vcs: _, ...config } = await Bun.file(join(root, 'biome.json')).json();
  await Bun.write(join(directory, 'biome.json'), JSON.stringify(config));
  for (const manifest of new Bun.Glob('{apps,packages}/*/package.json').scanSync(root)) {
    await Bun.write(join(directory, manifest), Bun.file(join(root, manifest)));
  }
  await Bun.write(join(directory, 'e2e/package.json'), Bun.file(join(root, 'e2e/package.json')));
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
  errors = Object.fromEntries(
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
  '$code is an error in $folder',
  ({ folder, message, index }) => {
    expect(errors[`${folder}/case-${index}.ts`]?.join()).toContain(message);
  },
);

test('an allowed import is not an error', () => {
  expect(errors[`${allowed[0]}/case-${forbidden.length}.ts`]).toEqual([]);
});

const manifests = [...new Bun.Glob('{apps,packages}/*/package.json').scanSync(root)];

test.each(layers.flatMap((layer, index) => layer.map((name) => ({ name, lower: layers.slice(0, index).flat() }))))(
  'packages/$name depends only on packages in lower layers',
  async ({ name, lower }) => {
    const { dependencies = {} } = await Bun.file(join(root, 'packages', name, 'package.json')).json();
    const siblings = Object.keys(dependencies).filter((each) => each.startsWith('@thumbnail-api/'));
    expect(siblings.filter((each) => !lower.includes(each.slice('@thumbnail-api/'.length)))).toEqual([]);
  },
);

test.each(manifests)('%s lists only dependencies that its source imports', async (manifest) => {
  const { dependencies = {} } = await Bun.file(join(root, manifest)).json();
  const folder = join(root, manifest, '..');
  const sources = [...new Bun.Glob('src/**/*.ts').scanSync(folder)];
  const texts = await Promise.all(sources.map((source) => Bun.file(join(folder, source)).text()));
  const isImported = (name: string) => texts.some((text) => new RegExp(`['"]${name}(?:/[^'"]*)?['"]`).test(text));
  expect(Object.keys(dependencies).filter((name) => !isImported(name) && !notImported.has(name))).toEqual([]);
});
