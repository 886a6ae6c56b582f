import sharp from 'sharp';
import type { LoopRequest, LoopResult } from '../loop-messages.ts';

// The least that a thumbnail can cost: sharp in a loop on bytes in memory. With its cache, sharp would render only once.
sharp.cache(false);
process.on('message', async ({ path, spec, times }: LoopRequest) => {
  const original = await Bun.file(path).bytes();
  const { resize, format, options } = spec.bare;
  const wallMs: number[] = [];
  let bytes = 0;
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now();
    const thumbnail = await sharp(original).resize(resize).toFormat(format, options).toBuffer();
    wallMs.push(performance.now() - startedAt);
    bytes = thumbnail.byteLength;
  }
  const { user, system } = process.cpuUsage(before);
  const result: LoopResult = {
    cpuMs: (user + system) / 1_000,
    wallMs,
    bytes,
    residentBytes: process.memoryUsage.rss(),
  };
  process.send?.(result);
});
process.on('disconnect', () => process.exit(0));
