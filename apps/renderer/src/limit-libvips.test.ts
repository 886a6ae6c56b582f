import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImage, paintImage } from '@thumbnail-api/testing/images';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The limits apply to the whole process; the setup of the unit tests has set them.
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'limit-libvips-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)(
  'reads a %s from memory and never a file',
  async (format) => {
    const bytes = await openImage(paintImage(9, 9)).toFormat(format).toBuffer();
    const path = join(directory, `image.${format}`);
    await writeFile(path, bytes);
    await expect(sharp(bytes).metadata()).resolves.toMatchObject({ width: 9 });
    await expect(sharp(path).metadata()).rejects.toThrow();
  },
);

test('reads an SVG from memory and never a file, which could include its neighbours', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const path = join(directory, 'image.svg');
  await writeFile(path, svg);
  await expect(sharp(svg).metadata()).resolves.toMatchObject({ width: 9 });
  await expect(sharp(path).metadata()).rejects.toThrow();
});
