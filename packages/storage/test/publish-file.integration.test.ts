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

test('publishes a file while another caller keeps removing the empty directory', async () => {
  const parent = join(root, 'a/b');
  let isFinished = false;
  const remove = async () => {
    while (!isFinished) await removeEmptyDirectories(parent, root);
  };
  const removing = remove();
  for (let round = 0; round < 30; round += 1) {
    await writeFile(join(root, 'written'), `${round}`);
    await publishFile(join(root, 'written'), join(parent, 'c'));
    expect(await readFile(join(parent, 'c'), 'utf8')).toBe(`${round}`);
    await rm(join(parent, 'c'));
  }
  isFinished = true;
  await removing;
});

test('throws when the file does not exist', async () => {
  await expect(publishFile(join(root, 'none'), join(root, 'd/e'))).rejects.toMatchObject({ code: 'ENOENT' });
});
