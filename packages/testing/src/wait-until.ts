/**
 * Polls until `probe` returns something other than null, undefined or false, and returns that.
 *
 * @throws Error with `description` if that does not happen within the deadline; the last error of `probe` is its cause
 */
export async function waitUntil<T>(
  description: string,
  probe: () => Promise<T | null | undefined | false>,
  deadlineMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let lastError: unknown;
  do {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      lastError = error;
    }
    await Bun.sleep(25);
  } while (performance.now() < deadline);
  throw new Error(`did not happen within ${deadlineMs} ms: ${description}`, { cause: lastError });
}
