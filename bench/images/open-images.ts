import { join } from 'node:path';
import sharp from 'sharp';
import { drawPhoto, drawPng } from './draw-photo.ts';

/** An image to upload or render. */
export interface SourceImage {
  name: string;
  type: 'image/jpeg' | 'image/png';
  bytes: Uint8Array<ArrayBuffer>;
  widthPx: number;
  heightPx: number;
}

/** The images of a run. Each is drawn or read at its first use. */
export interface Images {
  /** 4032 x 3024 pixels, about 2.8 MB. */
  large: () => Promise<SourceImage>;
  /** About 100 KB. */
  small: () => Promise<SourceImage>;
  /** The JPEG of sharp's published benchmark, or a drawn one of the same size. */
  sharpJpeg: () => Promise<SourceImage>;
  /** The PNG of sharp's published benchmark, or a drawn one of the same size. */
  sharpPng: () => Promise<SourceImage>;
  /** A 4:3 JPEG of about this many million pixels. */
  sized: (megapixels: number) => Promise<SourceImage>;
  /** Where the images of sharp's benchmark come from. */
  origin: string;
}

const sharpJpegFile = '2569067123_aca715a2ee_o.jpg';
const sharpPngFile = 'alpha-premultiply-2048x1536-paper.png';

/** Opens the images of a run. The images of sharp's benchmark are read from `directory`, or drawn if it has none. */
export async function openImages(directory: string | null): Promise<Images> {
  const readPublished = async (name: string) => {
    const file = Bun.file(join(directory ?? '', name));
    return directory && (await file.exists()) ? await file.bytes() : null;
  };
  const [jpeg, png] = [await readPublished(sharpJpegFile), await readPublished(sharpPngFile)];
  const drawn = (name: string, widthPx: number, heightPx: number, grain: number) =>
    once(async () => toSourceImage(name, await drawPhoto({ widthPx, heightPx, grain })));
  const sized = (megapixels: number) => {
    const unit = Math.round(Math.sqrt((megapixels * 1_000_000) / 12));
    return drawn(`${megapixels} MP JPEG`, unit * 4, unit * 3, 48)();
  };
  return {
    large: drawn('12 MP JPEG', 4032, 3024, 48),
    small: drawn('100 KB JPEG', 640, 480, 56),
    sharpJpeg: once(async () =>
      toSourceImage('sharp JPEG', jpeg ?? (await drawPhoto({ widthPx: 2725, heightPx: 2225, grain: 24 }))),
    ),
    sharpPng: once(async () =>
      toSourceImage('sharp PNG', png ?? (await drawPng({ widthPx: 2048, heightPx: 1536, grain: 40 }))),
    ),
    sized,
    origin: jpeg && png ? `sharp's published inputs` : `drawn replacements for sharp's published inputs`,
  };
}

async function toSourceImage(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<SourceImage> {
  const { width, height, format } = await sharp(bytes).metadata();
  return { name, type: format === 'png' ? 'image/png' : 'image/jpeg', bytes, widthPx: width, heightPx: height };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
