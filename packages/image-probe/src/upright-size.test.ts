import sharp from 'sharp';
import { expect, test } from 'vitest';
import { orientedFormats, plain } from '../test/samples.ts';
import { probe } from './probe.ts';
import { uprightSize } from './upright-size.ts';

const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const cases = orientedFormats.flatMap((format) => orientations.map((orientation) => [format, orientation] as const));

test.each(cases)('gives a %s of orientation %i the size that the decoder gives it', async (format, orientation) => {
  const file = await plain(40, 20).withMetadata({ orientation }).toFormat(format).toBuffer();
  const { info } = await sharp(file).autoOrient().toBuffer({ resolveWithObject: true });
  const probed = probe(file);
  expect(probed).toMatchObject({ width: 40, height: 20, orientation });
  expect(probed && uprightSize(probed)).toEqual({ width: info.width, height: info.height });
});

test('leaves an unknown side null', () => {
  expect(uprightSize({ width: null, height: 20, orientation: 6 })).toEqual({ width: 20, height: null });
});
