import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';

/** Below these versions a library has a published flaw that an image can use. Raise one when a fix is released. */
const floors: Record<string, string> = {
  'sharp in the manifest': '0.35.0',
  sharp: '0.35.0',
  vips: '8.18.3',
  heif: '1.23.4',
  png: '1.6.56',
  // It carries its own libheif and libde265: docs/adr/0009-heic-in-webassembly.md says why it is not newer.
  'libheif-js in the manifest': '1.23.2',
};
const { catalog } = (await Bun.file(join(import.meta.dirname, '../../../package.json')).json()).workspaces;
const versions = new Map<string, string>([
  ...Object.entries(sharp.versions),
  ['sharp in the manifest', catalog.sharp],
  ['libheif-js in the manifest', catalog['libheif-js']],
]);

test.each(Object.entries(floors))('%s is at least the last version with a security fix, %s', (name, floor) => {
  expect(Bun.semver.satisfies(versions.get(name) ?? '0.0.0', `>=${floor}`)).toBe(true);
});
