/**
 * Runs `work` for every item, for at most `concurrencyMax` at a time, and returns when all have ended.
 *
 * @throws the first error; no further item is started by the caller of `work` that threw it
 */
export async function forEachConcurrently<T>(
  items: Iterable<T>,
  concurrencyMax: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const remaining = items[Symbol.iterator]();
  let hasFailed = false;
  const runNext = async () => {
    for (let next = remaining.next(); !next.done && !hasFailed; next = remaining.next()) {
      try {
        await work(next.value);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrencyMax }, runNext));
}
