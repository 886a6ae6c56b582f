import { plainPng, pngChunk, textBomb } from '@thumbnail-api/testing/images';
import { expect, test } from 'vitest';
import { limits } from '../../test/render-one.ts';
import { inspectOriginal } from './inspect-original.ts';

test('the decoder never gets the text of a PNG, which could unpack to any size', async () => {
  const time = pngChunk('tIME', Buffer.alloc(7, 1));
  const text = pngChunk('tEXt', Buffer.from('Comment\0hello', 'latin1'));
  const { bytes, width, height } = await inspectOriginal(plainPng(9, 7, [text, time, textBomb(1_000)]), [], limits);
  expect([width, height]).toEqual([9, 7]);
  expect(bytes).toEqual(plainPng(9, 7, [time]));
});
