import sharp, { type Sharp } from 'sharp';
import { alternate } from '../measure/alternate.ts';
import { dssim, toLuma } from '../measure/dssim.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { type RowContext, scaled } from './row.ts';
import { type Effort, encoders } from './specs.ts';

/** An encoded thumbnail: its cost, its size, and how different it looks from its pixels. */
interface Encoded {
  cpuMs: number;
  bytes: number;
  dssim: number;
}

interface Photo {
  data: Buffer;
  width: number;
  height: number;
}

const sidePx = 400;
const measures = [
  { name: 'CPU', unit: 'ms CPU', read: ({ cpuMs }: Encoded) => cpuMs },
  { name: 'size', unit: 'KB', read: ({ bytes }: Encoded) => bytes / 1_000 },
  { name: 'DSSIM', unit: '/ 1000', read: (encoded: Encoded) => encoded.dssim * 1_000 },
];

/** Compares each effort of each format with `balanced`, at the default qualities, for thumbnails without decoding. */
export async function efforts(context: RowContext): Promise<Figure[]> {
  sharp.cache(false);
  sharp.concurrency(1);
  const sources = [await context.images.sharpJpeg(), await context.images.small()];
  const photos = await Promise.all(sources.map(({ bytes }) => toPhoto(bytes)));
  const figures: Figure[] = [];
  for (const [format, byEffort] of Object.entries(encoders)) {
    const times = scaled(context, format === 'avif' ? 3 : 20);
    const encode = (effort: Effort) => () => encodeAll(photos, format, byEffort[effort], times);
    for (const effort of ['fast', 'small'] as const) {
      const rounds = await alternate(context.rounds, { subject: encode(effort), baseline: encode('balanced') });
      for (const { name, unit, read } of measures) {
        const pairs = rounds.map(({ subject, baseline }) => ({ subject: read(subject), baseline: read(baseline) }));
        const comparison = format === 'png' && name === 'DSSIM' ? 'value' : 'ratio';
        const what = `${format} effort ${effort} compared with balanced: ${name}`;
        figures.push(toFigure({ row: 'settings', what, unit, comparison, goal: null }, pairs));
      }
    }
  }
  return figures;
}

async function toPhoto(bytes: Uint8Array): Promise<Photo> {
  const resized = sharp(bytes).resize(sidePx, sidePx, { fit: 'inside' });
  const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Returns the means over all photos. */
async function encodeAll(photos: Photo[], format: string, options: object, times: number): Promise<Encoded> {
  const encode = ({ data, width, height }: Photo): Promise<Buffer> => {
    const opened: Sharp = sharp(data, { raw: { width, height, channels: 3 } });
    return opened.toFormat(format as 'webp', options).toBuffer();
  };
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) for (const photo of photos) await encode(photo);
  const { user, system } = process.cpuUsage(before);
  let [bytes, difference] = [0, 0];
  for (const photo of photos) {
    const encoded = await encode(photo);
    bytes += encoded.byteLength;
    difference += dssim(toLuma(photo.data, photo), toLuma(await sharp(encoded).raw().toBuffer(), photo));
  }
  return {
    cpuMs: (user + system) / 1_000 / times / photos.length,
    bytes: bytes / photos.length,
    dssim: difference / photos.length,
  };
}
