import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawPhoto } from './draw-photo.ts';
import { openImages } from './open-images.ts';

test('draws the same bytes each time, and images of the documented size', async () => {
  const options = { widthPx: 320, heightPx: 241, grain: 48 };
  expect(await drawPhoto(options)).toEqual(await drawPhoto(options));
  const { small } = await openImages(null);
  const { widthPx, heightPx, bytes } = await small();
  expect([widthPx, heightPx]).toEqual([640, 480]);
  expect(bytes.byteLength).toBeGreaterThan(90_000);
  expect(bytes.byteLength).toBeLessThan(110_000);
});

test(`reads the images of sharp's benchmark from a directory that has them, and says where they come from`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  const bytes = await drawPhoto({ widthPx: 300, heightPx: 250, grain: 8 });
  await Bun.write(join(directory, '2569067123_aca715a2ee_o.jpg'), bytes);
  await Bun.write(join(directory, 'alpha-premultiply-2048x1536-paper.png'), bytes);
  const images = await openImages(directory);
  expect((await images.sharpJpeg()).bytes).toEqual(bytes);
  expect(images.origin).toContain('published');
  expect((await openImages(null)).origin).toContain('drawn');
  await rm(directory, { recursive: true });
});
