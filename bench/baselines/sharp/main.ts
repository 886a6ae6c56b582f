import sharp from 'sharp';
import type { LoopAnswer, LoopOrder } from '../loop-order.ts';

// The least that a thumbnail can cost: sharp in a loop, the bytes in memory. Without its cache, or it would render once.
sharp.cache(false);
process.on('message', async ({ path, spec, times }: LoopOrder) => {
  const original = await Bun.file(path).bytes();
  const { resize, format, options } = spec.bare;
  const wallMs: number[] = [];
  let bytes = 0;
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    const made = await sharp(original).resize(resize).toFormat(format, options).toBuffer();
    wallMs.push(performance.now() - began);
    bytes = made.byteLength;
  }
  const { user, system } = process.cpuUsage(before);
  const answer: LoopAnswer = {
    cpuMs: (user + system) / 1_000,
    wallMs,
    bytes,
    residentBytes: process.memoryUsage.rss(),
  };
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
