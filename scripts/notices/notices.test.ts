import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Component } from './build-sbom.ts';

const root = join(import.meta.dirname, '../..');
let target: string;
let components: Component[];

beforeAll(async () => {
  target = await mkdtemp(join(tmpdir(), 'thumbnail-api-notices-'));
  const words = [join(root, 'node_modules/.bun'), target, 'a test'];
  const child = Bun.spawn([process.execPath, '--no-env-file', join(import.meta.dirname, 'main.ts'), ...words]);
  expect(await child.exited).toBe(0);
  components = JSON.parse(await readFile(join(target, 'sbom.cdx.json'), 'utf8')).components;
});
afterAll(() => rm(target, { recursive: true, force: true }));

const nativeOf = (name: RegExp) => components.flatMap((each) => (name.test(each.name) ? (each.components ?? []) : []));
const nameAndLicense = ({ name, licenses }: Component) => `${name}: ${licenses[0]?.license.name}`;

test('the bill of materials names sharp, Bun, and the native libraries with their licences', () => {
  expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(['bun', 'sharp', 'bullmq', 'libheif-js']));
  expect(nativeOf(/^@img\/sharp-libvips-/).map(nameAndLicense)).toEqual(
    expect.arrayContaining(['libvips: LGPLv3', 'librsvg: LGPLv3', 'libheif: LGPLv3', 'libwebp: New BSD License']),
  );
  expect(nativeOf(/^libheif-js$/).map(({ name }) => name)).toEqual(['libheif', 'libde265']);
});

test('the versions of libheif and libde265 are those in the WebAssembly file', async () => {
  const heif = components.find(({ name }) => name === 'libheif-js');
  const store = join(root, 'node_modules/.bun', `libheif-js@${heif?.version}`, 'node_modules/libheif-js');
  const code = await readFile(join(store, 'libheif-wasm/libheif.wasm'), 'latin1');
  for (const { version } of heif?.components ?? []) expect(code).toContain(`${version}\0`);
});

test('the licences of libvips, libheif and the fonts are kept', async () => {
  const kept = await readdir(target, { recursive: true });
  for (const file of [/^@img\+sharp-libvips-.*README\.md$/, /^libheif-js@.*LICENSE$/, /^dejavu-fonts-ttf@.*LICENSE$/])
    expect(kept.filter((path) => file.test(path)).length).toBeGreaterThan(0);
  const folder = kept.find((path) => /^libheif-js@[^/]*$/.test(path)) ?? '';
  expect(await readFile(join(target, folder, 'LICENSE'), 'utf8')).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
});

test.each(['backend-api', 'backend-worker'])('the image of %s keeps them, and deletes nothing before', async (app) => {
  const lines = await readFile(join(root, 'apps', app, 'Dockerfile'), 'utf8');
  const steps = ['RUN bun --no-env-file scripts/notices/main.ts', '-delete', 'COPY --from=dependencies /licenses'];
  const places = steps.map((step) => lines.lastIndexOf(step));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
