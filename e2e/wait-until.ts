/**
 * Calls `probe` until it returns something other than null, undefined or false, and returns that. A probe that throws is
 * called again.
 *
 * @throws Error when the deadline passes, with the last error of `probe` as its cause
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | null | undefined | false>,
  deadlineMs = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  let lastError: unknown;
  while (performance.now() < end) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      lastError = error;
    }
    await Bun.sleep(50);
  }
  throw new Error(`did not happen within ${deadlineMs} ms: ${what}`, { cause: lastError });
}
