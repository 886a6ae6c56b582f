import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishFile, removeEmptyDirectories } from '../src/filesystem/publish-file.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'publish-file-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('a file finds its place although the directory is removed again and again while it is empty', async () => {
  const parent = join(root, 'a/b');
  let isOver = false;
  const remove = async () => {
    while (!isOver) await removeEmptyDirectories(parent, root);
  };
  const removing = remove();
  for (let round = 0; round < 30; round += 1) {
    await writeFile(join(root, 'written'), `${round}`);
    await publishFile(join(root, 'written'), join(parent, 'c'));
    expect(await readFile(join(parent, 'c'), 'utf8')).toBe(`${round}`);
    await rm(join(parent, 'c'));
  }
  isOver = true;
  await removing;
});

test('a file that is not there is an error', async () => {
  await expect(publishFile(join(root, 'none'), join(root, 'd/e'))).rejects.toMatchObject({ code: 'ENOENT' });
});
