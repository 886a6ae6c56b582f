import sharp from 'sharp';
import type { BareAnswer, BareOrder } from '../bare-order.ts';

// The least that a thumbnail can cost: sharp in a loop, the bytes in memory. Without its cache, or it would render once.
sharp.cache(false);
process.on('message', async ({ path, spec, times }: BareOrder) => {
  const bytes = await Bun.file(path).bytes();
  const wallMs: number[] = [];
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    await sharp(bytes).resize(spec.resize).toFormat(spec.format, spec.options).toBuffer();
    wallMs.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuMs: (user + system) / 1_000, wallMs } satisfies BareAnswer);
});
process.on('disconnect', () => process.exit(0));
