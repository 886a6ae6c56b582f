import { expect, test } from 'vitest';
import { toBatch } from './get-batch.ts';

const counts = { uploaded: 0, processing: 0, success: 0, error: 0 };
const row = {
  id: '0199f0c2-0000-7000-8000-000000000000',
  owner: 'everybody',
  createdAt: new Date('2026-11-20T12:00:00.000Z'),
  emptySince: null,
};
const refusedOf = (refused: unknown) => toBatch({ ...row, refused: refused as [] }, counts, []).refused;

test('refused files are given back as they were written', () => {
  const refused = [{ filename: 'a.txt', code: 'unsupported_media_type', message: 'Not an image.' }];
  expect(refusedOf(refused)).toEqual(refused);
});

test('a refused file with a code that this version does not know reads as internal_error', () => {
  expect(refusedOf([{ filename: 'a.txt', code: 'image_cursed', message: 'No.', size: 3 }])).toEqual([
    { filename: 'a.txt', code: 'internal_error', message: 'No.' },
  ]);
});

test('a refused file that an older version wrote without some fields is still shown', () => {
  expect(refusedOf([{ code: 'file_empty' }, {}])).toEqual([
    { filename: null, code: 'file_empty', message: '' },
    { filename: null, code: 'internal_error', message: '' },
  ]);
});
