import { paintImage } from '@thumbnail-api/testing/images';
import { thumbHashToAverageRGBA, thumbHashToRGBA } from 'thumbhash';
import { expect, test } from 'vitest';
import { makePlaceholder } from './make-placeholder.ts';

const hashOf = (text: string) => Buffer.from(text, 'base64');

test('the dominant colour is the most common one, not the average', () => {
  const pixels = paintImage(90, 60, (across) => (across < 0.7 ? [200, 30, 40] : [10, 10, 250]));
  expect(makePlaceholder({ ...pixels, channels: 3, frames: 1 }).dominantColour).toBe('#c81e28');
});

test('transparent pixels do not count', () => {
  const data = Buffer.alloc(100 * 100 * 4);
  for (let at = 0; at < 20 * 100 * 4; at += 4) data.set([10, 200, 30, 255], at);
  const described = makePlaceholder({ data, width: 100, height: 100, channels: 4, frames: 1 });
  expect(described.dominantColour).toBe('#0ac81e');
  expect(thumbHashToAverageRGBA(hashOf(described.thumbHash)).a).toBeLessThan(0.5);
  const transparent = makePlaceholder({ data: Buffer.alloc(400), width: 10, height: 10, channels: 4, frames: 1 });
  expect(transparent.dominantColour).toBe('#ffffff');
});

test.each([
  [1, 1],
  [4096, 1],
  [1, 3000],
  [47, 49],
  [700, 500],
])('the ThumbHash of %i x %i pixels shows which colour is where', (width, height) => {
  const pixels = paintImage(width, height, (across, down) => (across + down < 1 ? [230, 20, 20] : [20, 20, 230]));
  const { thumbHash } = makePlaceholder({ ...pixels, channels: 3, frames: 1 });
  const { w, h, rgba } = thumbHashToRGBA(hashOf(thumbHash));
  const [first = 0, , , , lastRed = 0] = [rgba[0], 0, 0, 0, rgba[(w * h - 1) * 4]];
  expect(rgba.length).toBe(w * h * 4);
  expect(first - lastRed).toBeGreaterThanOrEqual(width * height === 1 ? 0 : 60);
});

test('the placeholder of an animation is that of its first frame', () => {
  const first = paintImage(10, 10, () => [250, 0, 0]).data;
  const second = paintImage(10, 10, () => [0, 0, 250]).data;
  const data = Buffer.concat([first, second, second]);
  expect(makePlaceholder({ data, width: 10, height: 10, channels: 3, frames: 3 }).dominantColour).toBe('#fa0000');
});
