import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { expect, test } from 'vitest';
import { originalFilename } from './original-filename.ts';

const nameOf = (filename: string | null, type = 'image/png') => originalFilename({ filename, type });

test.each([
  ['cat.png', 'cat.png'],
  ['CAT.PNG', 'CAT.PNG'],
  ['cat.old.png', 'cat.old.png'],
  ['cat', 'cat.png'],
  ['cat.html', 'cat.png'],
  ['cat.jpg', 'cat.png'],
  ['cat.png.exe', 'cat.png.png'],
  ['cat.html.', 'cat.html.png'],
  ['.htaccess', 'original.png'],
  ['.png', 'original.png'],
  ['../../index.html', 'index.png'],
  ['C:\\images\\cat.png', 'cat.png'],
  ['cat\u202Egnp.exe', 'catgnp.png'],
  ['\u202E\u200F.png', 'original.png'],
  [null, 'original.png'],
])('a PNG that was sent as %j is downloaded as %s', (filename, expected) => {
  expect(nameOf(filename)).toBe(expected);
});

test.each([
  ['image/jpeg', 'cat.JPG', 'cat.JPG'],
  ['image/jpeg', 'cat.jpeg', 'cat.jpeg'],
  ['image/jpeg', 'cat.png', 'cat.jpeg'],
  ['image/tiff', 'scan.tif', 'scan.tif'],
  ['image/svg+xml', 'drawing.html', 'drawing.svg'],
  ['image/heic', 'cat.heif', 'cat.heif'],
  ['image/x-unknown', 'cat.html', 'cat.x-unknown'],
])('%s that was sent as %s is downloaded as %s', (type, filename, expected) => {
  expect(nameOf(filename, type)).toBe(expected);
});

test('every input type has an extension of its own', () => {
  const names = imageMediaTypes.map((type) => nameOf('cat.html', type));
  expect(new Set(names).size).toBe(imageMediaTypes.length);
  expect(names.filter((name) => !/^cat\.[a-z]{3,4}$/.test(name))).toEqual([]);
});
