import { expect, test } from 'vitest';
import { isDisplayP3 } from './is-display-p3.ts';

const nclx = (primaries: number, transfer: number) =>
  Buffer.from([...Buffer.from('xxxx....colrnclx', 'latin1'), 0, primaries, 0, transfer, 0, 6, 128, 0]);
const cicp = (primaries: number, transfer: number, length = 4) =>
  Buffer.from([1, 0, 0, 0, length, ...Buffer.from('cICP', 'latin1'), primaries, transfer, 0, 1, 9, 9, 9, 9]);

test('is true only for the primaries of Display P3 with a transfer curve like that of sRGB', () => {
  expect(
    [nclx(12, 13), nclx(1, 13), nclx(12, 16), nclx(9, 13)].map((bytes) => isDisplayP3(bytes, 'image/avif')),
  ).toEqual([true, false, false, false]);
  expect(
    [cicp(12, 13), cicp(1, 13), cicp(12, 16), cicp(12, 13, 5)].map((bytes) => isDisplayP3(bytes, 'image/png')),
  ).toEqual([true, false, false, false]);
});

test('is false for cut off bytes and for other types', () => {
  expect(isDisplayP3(nclx(12, 13).subarray(0, 19), 'image/avif')).toBe(false);
  expect(isDisplayP3(cicp(12, 13), 'image/jpeg')).toBe(false);
  expect(isDisplayP3(Buffer.alloc(0), 'image/png')).toBe(false);
});
