// Prints every image that a Dockerfile or a deployment names without a digest, and exits 1 if there is one.
// Renovate adds the digests (renovate.json: docker:pinDigests) and keeps them up to date.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Glob } from 'bun';

const root = join(import.meta.dirname, '..');
const files = ['**/Dockerfile', '{.,.devcontainer}/docker-compose*.yml', '.env.example'];
/** The images that this project builds, and stages of a Dockerfile. */
const own = /^(localhost\/|base$|manifests$|dependencies$|\$)/;
const mentions = /^(?:FROM|[ \t]*image:|MINIO_IMAGE=)[ \t]*(?:\$\{MINIO_IMAGE:-)?([^\s}]+)/gm;

const found: string[] = [];
for (const pattern of files) {
  for await (const path of new Glob(pattern).scan({ cwd: root, dot: true })) {
    if (path.includes('node_modules')) continue;
    const text = await readFile(join(root, path), 'utf8');
    for (const [, image = ''] of text.matchAll(mentions))
      if (!own.test(image) && !/@sha256:[0-9a-f]{64}$/.test(image)) found.push(`${path}: ${image}`);
  }
}
for (const line of [...new Set(found)].sort()) process.stdout.write(`${line}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
