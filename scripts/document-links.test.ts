import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const patterns = ['*.md', 'docs/**/*.md', 'bench/*.md', 'packages/*/*.md', 'deploy/**/*.md', '.devcontainer/*.md'];
const documents = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true })]);
/** Folders at the root: a path in backticks that starts with one of them names a file of the repository. */
const folders = [
  'apps',
  'packages',
  'e2e',
  'faults',
  'bench',
  'deploy',
  'docs',
  'scripts',
  'patches',
  '.github',
  '.ci',
];
const codePath = new RegExp(`\`((?:${folders.join('|').replaceAll('.', '\\.')})/[\\w./@-]+)\``, 'g');

/** Files that a document names: targets of relative links, and paths in backticks. Examples with `…`, `*` or `<` do not count. */
async function findPaths(document: string): Promise<string[]> {
  const text = await Bun.file(join(root, document)).text();
  const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
    join(dirname(document), link),
  );
  return [...links, ...[...text.matchAll(codePath)].map(([, path = '']) => path)];
}

test.each(documents)('%s names only files that exist', async (document) => {
  const paths = await findPaths(document);
  expect(paths.filter((path) => !existsSync(join(root, normalize(path))))).toEqual([]);
});
