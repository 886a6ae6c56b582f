import { expect, test } from 'vitest';
import { bytes, u16le } from '../test/bytes.ts';
import { gifFile, gifFrame } from '../test/gif-file.ts';
import { animation, plain } from '../test/samples.ts';
import { probe } from './probe.ts';

test('a GIF gives the size it was made with, an animated one its frames', async () => {
  const still = await plain(123, 45).gif().toBuffer();
  const moving = await (await animation()).gif().toBuffer();
  expect(probe(still)).toEqual({ type: 'image/gif', width: 123, height: 45, frames: 1, orientation: 1 });
  expect(probe(moving)).toEqual({ type: 'image/gif', width: 40, height: 20, frames: 3, orientation: 1 });
});

test('both versions are read, no third one', () => {
  const file = gifFile(3, 2, gifFrame(0, 0, 3, 2));
  expect(probe(bytes('GIF87a', file.subarray(6)))).toMatchObject({ type: 'image/gif', width: 3 });
  expect(probe(bytes('GIF88a', file.subarray(6)))).toBeNull();
});

test('a bomb of 44 bytes gives the size it claims', () => {
  const bomb = gifFile(65535, 65535, gifFrame(0, 0, 65535, 65535));
  expect(bomb.length).toBeLessThanOrEqual(44);
  expect(probe(bomb)).toMatchObject({ width: 65535, height: 65535 });
});

test('a screen smaller than its frames grows to hold every one of them', () => {
  const file = gifFile(1, 1, gifFrame(0, 0, 10, 10), gifFrame(5, 0, 65535, 2), gifFrame(0, 7, 1, 65535));
  expect(probe(file)).toMatchObject({ width: 65540, height: 65542, frames: 3 });
});

test('extensions and local colour tables between frames are skipped', () => {
  const comment = bytes([0x21, 0xfe, 3], 'abc', [1, 0x2c, 0]);
  const local = bytes([0x2c], u16le(0), u16le(0), u16le(3), u16le(2), [0x81], new Uint8Array(12).fill(0x2c), [2, 0]);
  const file = gifFile(3, 2, comment, local, comment, gifFrame(0, 0, 3, 2));
  expect(probe(file)).toMatchObject({ width: 3, height: 2, frames: 2 });
});

test('an extension that begins with an empty block does not hide the frames behind it', () => {
  const empty = bytes([0x21, 0xf9, 0, 0]);
  const file = gifFile(3, 2, gifFrame(0, 0, 3, 2), empty, gifFrame(0, 0, 300, 200));
  expect(probe(file)).toMatchObject({ width: 300, height: 200, frames: 2 });
});

test('only frames before the end of the file, or of the bytes, are counted', () => {
  const frames = [gifFrame(0, 0, 3, 2), gifFrame(0, 0, 3, 2), gifFrame(0, 0, 3, 2)];
  expect(probe(bytes(gifFile(3, 2), ...frames))).toMatchObject({ frames: 1 });
  expect(probe(gifFile(3, 2, ...frames).subarray(0, -18))).toMatchObject({ frames: 2 });
  expect(probe(gifFile(3, 2, ...frames, bytes([0x99]), ...frames))).toMatchObject({ frames: 3 });
});

test('a GIF that is cut off within its screen descriptor is one without a size', () => {
  const file = gifFile(3, 2).subarray(0, 9);
  expect(probe(file)).toEqual({ type: 'image/gif', width: null, height: null, frames: 1, orientation: 1 });
});
