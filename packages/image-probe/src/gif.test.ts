import { expect, test } from 'vitest';
import { bytes, u16le } from '../test/bytes.ts';
import { gifFile, gifFrame } from '../test/gif-file.ts';
import { animation, plain } from '../test/samples.ts';
import { probe } from './probe.ts';

test('reads the size of a GIF, and the frames of an animated one', async () => {
  const still = await plain(123, 45).gif().toBuffer();
  const moving = await (await animation()).gif().toBuffer();
  expect(probe(still)).toEqual({ type: 'image/gif', width: 123, height: 45, frames: 1, orientation: 1 });
  expect(probe(moving)).toEqual({ type: 'image/gif', width: 40, height: 20, frames: 3, orientation: 1 });
});

test('reads GIF87a and GIF89a, and no other version', () => {
  const file = gifFile(3, 2, gifFrame(0, 0, 3, 2));
  expect(probe(bytes('GIF87a', file.subarray(6)))).toMatchObject({ type: 'image/gif', width: 3 });
  expect(probe(bytes('GIF88a', file.subarray(6)))).toBeNull();
});

test('reports the size that a bomb of 44 bytes claims', () => {
  const bomb = gifFile(65535, 65535, gifFrame(0, 0, 65535, 65535));
  expect(bomb.length).toBeLessThanOrEqual(44);
  expect(probe(bomb)).toMatchObject({ width: 65535, height: 65535 });
});

test('enlarges a screen that is smaller than its frames', () => {
  const file = gifFile(1, 1, gifFrame(0, 0, 10, 10), gifFrame(5, 0, 65535, 2), gifFrame(0, 7, 1, 65535));
  expect(probe(file)).toMatchObject({ width: 65540, height: 65542, frames: 3 });
});

test('skips extensions and local colour tables between frames', () => {
  const comment = bytes([0x21, 0xfe, 3], 'abc', [1, 0x2c, 0]);
  const local = bytes([0x2c], u16le(0), u16le(0), u16le(3), u16le(2), [0x81], new Uint8Array(12).fill(0x2c), [2, 0]);
  const file = gifFile(3, 2, comment, local, comment, gifFrame(0, 0, 3, 2));
  expect(probe(file)).toMatchObject({ width: 3, height: 2, frames: 2 });
});

test('finds the frames after an extension that starts with an empty block', () => {
  const empty = bytes([0x21, 0xf9, 0, 0]);
  const file = gifFile(3, 2, gifFrame(0, 0, 3, 2), empty, gifFrame(0, 0, 300, 200));
  expect(probe(file)).toMatchObject({ width: 300, height: 200, frames: 2 });
});

test('counts only the frames before the end of the file or of the bytes', () => {
  const frames = [gifFrame(0, 0, 3, 2), gifFrame(0, 0, 3, 2), gifFrame(0, 0, 3, 2)];
  expect(probe(bytes(gifFile(3, 2), ...frames))).toMatchObject({ frames: 1 });
  expect(probe(gifFile(3, 2, ...frames).subarray(0, -18))).toMatchObject({ frames: 2 });
  expect(probe(gifFile(3, 2, ...frames, bytes([0x99]), ...frames))).toMatchObject({ frames: 3 });
});

test('reports no size for a GIF that is cut off in its screen descriptor', () => {
  const file = gifFile(3, 2).subarray(0, 9);
  expect(probe(file)).toEqual({ type: 'image/gif', width: null, height: null, frames: 1, orientation: 1 });
});
