import { setImmediate } from 'node:timers/promises';

/** How long a slice of work may keep other requests of the process waiting. */
const sliceMs = 1;

/** Maps items as `Array.map` does, and lets other work of the process run about every millisecond. */
export async function mapInSlices<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  let startedAt = performance.now();
  for (const item of items) {
    results.push(work(item));
    if (performance.now() - startedAt < sliceMs) continue;
    await setImmediate();
    startedAt = performance.now();
  }
  return results;
}
