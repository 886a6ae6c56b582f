/** Polls until `isTrue` returns true. Returns false if it does not within the deadline. */
export async function until(isTrue: () => boolean | Promise<boolean>, deadlineMs = 60_000): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    if (await isTrue()) return true;
    await Bun.sleep(20);
  }
  return false;
}
