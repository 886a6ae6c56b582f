import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An installed package. */
export interface Package {
  name: string;
  version: string;
  /** As its manifest names it. */
  license: string;
  directory: string;
}

/** Finds every package in the store of Bun's isolated linker (`node_modules/.bun`), sorted by name. */
export async function findPackages(store: string): Promise<Package[]> {
  const found = new Map<string, Package>();
  for (const entry of await readdir(store)) {
    for (const directory of await listDirectories(join(store, entry, 'node_modules'))) {
      const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8').catch(() => 'null'));
      if (!manifest?.name || !manifest.version) continue;
      const license = typeof manifest.license === 'string' ? manifest.license : (manifest.license?.type ?? 'unknown');
      const { name, version } = manifest;
      found.set(`${name}@${version}`, { name, version, license, directory });
    }
  }
  return [...found.values()].sort((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`));
}

/** Links lead to the dependencies of a package, which have an entry of their own. */
async function listDirectories(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const nested = entries
    .filter((entry) => entry.isDirectory() && entry.name !== '.bin')
    .map(async ({ name }) => (name.startsWith('@') ? listDirectories(join(directory, name)) : [join(directory, name)]));
  return (await Promise.all(nested)).flat();
}
