// Run by the Dockerfiles, before they delete what is not needed at run time:
// bun scripts/notices/main.ts <node_modules/.bun> <target directory> <name of the image>
//
// Copies the licences of all installed packages, and writes a bill of materials, sbom.cdx.json.
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildSbom } from './build-sbom.ts';
import { findPackages } from './find-packages.ts';

const [store = '', target = '', title = ''] = process.argv.slice(2);
const isNotice = (file: string) => /^(licen[cs]e|copying|notice|third.?party|authors)/i.test(file);

for (const { name, version, directory } of await findPackages(store)) {
  const notices = (await readdir(directory)).filter(isNotice);
  // The licences of libvips and the libraries in it are in its README.
  if (name.startsWith('@img/')) notices.push('README.md');
  const folder = join(target, `${name.replace('/', '+')}@${version}`);
  await mkdir(folder, { recursive: true });
  for (const file of notices) await copyFile(join(directory, file), join(folder, file));
}
await writeFile(join(target, 'sbom.cdx.json'), `${JSON.stringify(await buildSbom(store, title), null, 2)}\n`);
