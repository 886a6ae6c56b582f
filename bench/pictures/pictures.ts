import { join } from 'node:path';
import sharp from 'sharp';
import { drawPhoto, drawPng } from './draw-photo.ts';

/** A picture to be rendered. */
export interface SourceImage {
  name: string;
  type: 'image/jpeg' | 'image/png';
  bytes: Uint8Array<ArrayBuffer>;
  widthPx: number;
  heightPx: number;
}

/** The pictures of a run; drawn or read when they are first asked for. */
export interface Pictures {
  /** 4032 x 3024 pixels, about 2.8 MB. */
  large: () => Promise<SourceImage>;
  /** About 100 KB. */
  small: () => Promise<SourceImage>;
  /** The JPEG and the PNG of sharp's published benchmark, or pictures as large and about as heavy. */
  sharpJpeg: () => Promise<SourceImage>;
  sharpPng: () => Promise<SourceImage>;
  /** A JPEG of about so many million pixels, 4 to 3. */
  sized: (megapixels: number) => Promise<SourceImage>;
  /** Where those of sharp come from. */
  origin: string;
}

const sharpJpegFile = '2569067123_aca715a2ee_o.jpg';
const sharpPngFile = 'alpha-premultiply-2048x1536-paper.png';

/** Prepares the pictures; those of sharp's benchmark are taken from `directory` where they lie in it. */
export async function openPictures(directory: string | null): Promise<Pictures> {
  const published = async (name: string) => {
    const file = Bun.file(join(directory ?? '', name));
    return directory && (await file.exists()) ? new Uint8Array(await file.arrayBuffer()) : null;
  };
  const [jpeg, png] = [await published(sharpJpegFile), await published(sharpPngFile)];
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
    origin: jpeg && png ? `sharp's published inputs` : `drawn stand-ins for sharp's published inputs`,
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
