import { openImage, paintImage, plainPng, pngChunk, textBomb } from '@thumbnail-api/testing/images';
import { expect, test } from 'vitest';
import { dropPngText } from './drop-png-text.ts';

const text = (name: string) => pngChunk(name, Buffer.from('Comment\0hello', 'latin1'));

test('removes all text chunks and nothing else', () => {
  const time = pngChunk('tIME', Buffer.alloc(7, 1));
  const chunks = [text('tEXt'), time, text('iTXt'), textBomb(1_000)];
  expect(dropPngText(plainPng(9, 9, chunks))).toEqual(plainPng(9, 9, [time]));
});

test('returns a PNG without text as it is, without a copy', async () => {
  const png = await openImage(paintImage(20, 20)).png().toBuffer();
  expect(dropPngText(png)).toBe(png);
});

test('leaves the end of a PNG that is cut off anywhere to the decoder', () => {
  const png = plainPng(9, 9, [text('tEXt')]);
  const lengths = Array.from({ length: png.length }, (_, length) => dropPngText(png.subarray(0, length)).length);
  expect(lengths.every((length, cut) => length <= cut)).toBe(true);
  expect(dropPngText(png.subarray(0, 40))).toEqual(png.subarray(0, 40));
  expect(dropPngText(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
});
