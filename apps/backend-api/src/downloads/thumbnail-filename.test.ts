import type { Thumbnail } from '@thumbnail-api/jobs';
import { expect, test } from 'vitest';
import { thumbnailFilename } from './thumbnail-filename.ts';

const nameOf = (filename: string | null) =>
  thumbnailFilename(
    { image: { filename } } as Parameters<typeof thumbnailFilename>[0],
    { width: 4096, height: 4096, type: 'image/webp' } as Thumbnail,
  );

test.each([
  ['cat.jpg', 'cat-4096x4096.webp'],
  [null, 'thumbnail-4096x4096.webp'],
  ['.jpg', 'thumbnail-4096x4096.webp'],
  ['../../etc/passwd', 'passwd-4096x4096.webp'],
  ['C:\\images\\cat.old.png', 'cat.old-4096x4096.webp'],
  ['\x1b[31mred\n.png', '[31mred-4096x4096.webp'],
  ['cat\u202Egnp.exe', 'catgnp-4096x4096.webp'],
])('the filename of a thumbnail of %j is %s', (filename, expected) => {
  expect(nameOf(filename)).toBe(expected);
});

test.each(['x', 'é', '猫', '😀'])(
  'a long name of %s is cut between characters, to a length that every file system accepts',
  (character) => {
    const cut = nameOf(`${character.repeat(255)}.png`);
    expect(cut).toMatch(new RegExp(`^(?:${character})+-4096x4096\\.webp$`, 'u'));
    // A ZIP file adds a number and the name of the thumbnail.
    expect(Buffer.byteLength(cut)).toBeLessThan(255 - '1000-'.length - 64 - '-'.length);
  },
);
