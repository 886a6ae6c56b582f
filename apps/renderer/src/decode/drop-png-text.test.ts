import { openImage, paintImage, plainPng, pngChunk, textBomb } from '@thumbnail-api/testing/images';
import { expect, test } from 'vitest';
import { dropPngText } from './drop-png-text.ts';

const text = (name: string) => pngChunk(name, Buffer.from('Comment\0hello', 'latin1'));

test('every text is gone and nothing else', () => {
  const time = pngChunk('tIME', Buffer.alloc(7, 1));
  const chunks = [text('tEXt'), time, text('iTXt'), textBomb(1_000)];
  expect(dropPngText(plainPng(9, 9, chunks))).toEqual(plainPng(9, 9, [time]));
});

test('a PNG without text is passed on as it is, not copied', async () => {
  const png = await openImage(paintImage(20, 20)).png().toBuffer();
  expect(dropPngText(png)).toBe(png);
});

test('what is cut off is passed on, whatever the cut', () => {
  const png = plainPng(9, 9, [text('tEXt')]);
  const lengths = Array.from({ length: png.length }, (_, length) => dropPngText(png.subarray(0, length)).length);
  expect(lengths.every((length, cut) => length <= cut)).toBe(true);
  expect(dropPngText(png.subarray(0, 40))).toEqual(png.subarray(0, 40));
  expect(dropPngText(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
});
