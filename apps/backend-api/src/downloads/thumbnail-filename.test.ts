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
  ['C:\\pictures\\cat.old.png', 'cat.old-4096x4096.webp'],
  ['\x1b[31mred\n.png', '[31mred-4096x4096.webp'],
])('the thumbnail of %j is saved as %s', (filename, saved) => {
  expect(nameOf(filename)).toBe(saved);
});

test.each(['x', 'é', '猫', '😀'])(
  'a long name of %s is cut between characters, to what every file system takes',
  (character) => {
    const saved = nameOf(`${character.repeat(255)}.png`);
    expect(saved).toMatch(new RegExp(`^(?:${character})+-4096x4096\\.webp$`, 'u'));
    // Beside a number and the name of the thumbnail in a ZIP.
    expect(Buffer.byteLength(saved)).toBeLessThan(255 - '1000-'.length - 64 - '-'.length);
  },
);
