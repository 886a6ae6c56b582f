import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Package } from './find-packages.ts';

/** A library in another language that is compiled into a package. */
export interface NativeLibrary {
  name: string;
  version: string;
  license: string;
}

/** What a package contains and its manifest does not say. The version is that of the package: look again when it changes. */
const known: Record<string, NativeLibrary[]> = {
  'libheif-js@1.23.2': [
    { name: 'libheif', version: '1.23.2', license: 'LGPL-3.0-or-later' },
    { name: 'libde265', version: '1.0.15', license: 'LGPL-3.0-or-later' },
  ],
};

/**
 * Returns the native libraries in a package; empty for most.
 *
 * @throws Error for a version of libheif-js whose contents are not listed here
 */
export async function readNativeLibraries({ name, version, directory }: Package): Promise<NativeLibrary[]> {
  if (name.startsWith('@img/sharp-libvips-')) return await readLibvips(directory);
  const listed = known[`${name}@${version}`] ?? [];
  if (name === 'libheif-js' && listed.length === 0)
    throw new Error(`${name} ${version} is not in scripts/notices/native-libraries.ts: add the libraries it contains.`);
  return listed;
}

/** Reads the versions that libvips was built with, and their licences from the table in its README. */
async function readLibvips(directory: string): Promise<NativeLibrary[]> {
  const versions: Record<string, string> = JSON.parse(await readFile(join(directory, 'versions.json'), 'utf8'));
  const readme = await readFile(join(directory, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| ([\w-]+) +\| (.+?) +\|$/gm)];
  const licenses = new Map(rows.map(([, library = '', terms = '']) => [library, terms.replace(/\]\([^)]*\)|\[/g, '')]));
  return Object.entries(versions).map(([key, version]) => {
    const name = [key, `lib${key}`, { uhdr: 'libultrahdr' }[key] ?? ''].find((each) => licenses.has(each));
    if (!name) throw new Error(`${directory}/README.md names no licence of ${key}.`);
    return { name, version, license: licenses.get(name) ?? '' };
  });
}
