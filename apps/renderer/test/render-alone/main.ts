import { parseJsonOptions } from '@thumbnail-api/thumbnail-spec';
import sharp from 'sharp';
import { limitLibvips } from '../../src/limit-libvips.ts';
import { render } from '../../src/pipeline.ts';

/** What is asked: the same picture, so often; `threads` of libvips, where they are not to be as a renderer has them. */
interface Order {
  path: string;
  spec: { options: object };
  times: number;
  threads?: number;
}

// What a renderer does between the bytes of an original and those of its thumbnail, over and over, without store and worker.
limitLibvips();
const limits = { maxPixels: 50_000_000, maxOutputPixels: 32_000_000, memoryBytes: 1_073_741_824 };
process.on('message', async ({ path, spec, times, threads = 1 }: Order) => {
  sharp.concurrency(threads);
  const original = Buffer.from(await Bun.file(path).bytes());
  const specs = parseJsonOptions(spec.options, {});
  const wallMs: number[] = [];
  let bytes = 0;
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    const { thumbnails } = await render(original, specs, limits);
    wallMs.push(performance.now() - began);
    bytes = thumbnails[0]?.bytes.byteLength ?? 0;
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + system) / 1_000, wallMs, bytes, residentBytes: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
