/**
 * Asks again and again until `probe` gives something other than null, undefined or false, and returns that.
 *
 * @throws Error when the deadline has passed, with the last error of `probe` as its cause
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  deadlineMs = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  let lastError: unknown;
  do {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      lastError = error;
    }
    await Bun.sleep(25);
  } while (performance.now() < end);
  throw new Error(`did not happen within ${deadlineMs} ms: ${what}`, { cause: lastError });
}
