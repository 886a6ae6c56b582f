import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { limitLibvips } from '../../src/limit-libvips.ts';
import { render } from '../../src/pipeline.ts';

/** A request to render one image `times` times, with as many libvips `threads` as a renderer has by default. */
interface Request {
  path: string;
  spec: { options: object };
  times: number;
  threads?: number;
}

// Measures the pipeline of a renderer, from the bytes of an original to those of its thumbnail, without store and worker.
limitLibvips();
const limits = {
  types: imageMediaTypes,
  maxPixels: 50_000_000,
  maxOutputPixels: 32_000_000,
  memoryBytes: 1_073_741_824,
};
process.on('message', async ({ path, spec, times, threads = 1 }: Request) => {
  sharp.concurrency(threads);
  const original = Buffer.from(await Bun.file(path).bytes());
  const specs = parseJsonOptions(spec.options, {});
  const wallMs: number[] = [];
  let bytes = 0;
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now();
    const { thumbnails } = await render(original, specs, limits);
    wallMs.push(performance.now() - startedAt);
    bytes = thumbnails[0]?.bytes.byteLength ?? 0;
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + system) / 1_000, wallMs, bytes, residentBytes: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
