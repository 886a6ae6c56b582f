import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawPhoto } from './draw-photo.ts';
import { openPictures } from './pictures.ts';

test('a picture is drawn with the same bytes each time, of the size asked for', async () => {
  const options = { widthPx: 320, heightPx: 241, grain: 48 };
  expect(await drawPhoto(options)).toEqual(await drawPhoto(options));
  const { small } = await openPictures(null);
  const { widthPx, heightPx, bytes } = await small();
  expect([widthPx, heightPx]).toEqual([640, 480]);
  expect(bytes.byteLength).toBeGreaterThan(90_000);
  expect(bytes.byteLength).toBeLessThan(110_000);
});

test(`sharp's own pictures are taken where a folder holds them, and it is said where they come from`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  const own = await drawPhoto({ widthPx: 300, heightPx: 250, grain: 8 });
  await Bun.write(join(directory, '2569067123_aca715a2ee_o.jpg'), own);
  await Bun.write(join(directory, 'alpha-premultiply-2048x1536-paper.png'), own);
  const pictures = await openPictures(directory);
  expect((await pictures.sharpJpeg()).bytes).toEqual(own);
  expect(pictures.origin).toContain('published');
  expect((await openPictures(null)).origin).toContain('drawn');
  await rm(directory, { recursive: true });
});
