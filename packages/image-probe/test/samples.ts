import sharp, { type Sharp } from 'sharp';
import { bytes } from './bytes.ts';
import { heifFile, imir, irot, ispe } from './heif-file.ts';
import { bigTiffFile, tiffFile } from './tiff-file.ts';

/** The formats that sharp writes with an orientation. */
export const orientedFormats = ['jpeg', 'png', 'webp', 'tiff', 'avif'] as const;

/** An image of one colour. */
export const plain = (width: number, height: number, colour = '#a08030'): Sharp =>
  sharp({ create: { width, height, channels: 3, background: colour } });

/** An animation of three frames of 40 x 20 pixels. */
export async function animation(): Promise<Sharp> {
  const frames = await Promise.all(['red', 'green', 'blue'].map((colour) => plain(40, 20, colour).png().toBuffer()));
  return sharp(frames, { join: { animated: true } });
}

/** One small file of each kind, by its name. */
export async function samples(): Promise<Record<string, Uint8Array>> {
  const oriented = plain(40, 20).withMetadata({ orientation: 6 });
  const side = (tag: number, value: number) => ({ tag, type: 4, value });
  const files = {
    jpeg: oriented.clone().jpeg(),
    'progressive jpeg': oriented.clone().jpeg({ progressive: true }),
    png: oriented.clone().png(),
    'lossy webp': plain(40, 20).webp(),
    'lossless webp': plain(40, 20).webp({ lossless: true }),
    'extended webp': oriented.clone().webp(),
    'animated webp': (await animation()).webp(),
    gif: plain(40, 20).gif(),
    'animated gif': (await animation()).gif(),
    tiff: oriented.clone().tiff(),
    avif: oriented.clone().avif(),
  };
  const made = Object.entries(files).map(
    async ([name, file]) => [name, new Uint8Array(await file.toBuffer())] as const,
  );
  return {
    ...Object.fromEntries(await Promise.all(made)),
    'big-endian tiff': tiffFile('MM', [side(256, 40), side(257, 20)]),
    'big tiff': bigTiffFile([side(256, 40), side(257, 20)]),
    heic: heifFile({
      major: 'heic',
      compatible: ['mif1', 'heic'],
      items: ['grid', 'hvc1', 'hvc1'],
      properties: [ispe(512, 512), ispe(4032, 3024), irot(3), imir(1)],
      associations: [[2, 3, 4], [1], [1]],
    }),
    svg: bytes(
      '<?xml version="1.0"?><!-- made --><svg xmlns="http://www.w3.org/2000/svg" width="40" viewBox="0 0 2 1"/>',
    ),
  };
}
