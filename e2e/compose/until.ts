/**
 * Asks again, ten times a second, until there is an answer; a question that throws counts as unanswered.
 *
 * @throws Error with the last failure when the deadline is over
 */
export async function until<T>(ask: () => Promise<T | undefined>, deadlineMs = 240_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  let failure: unknown;
  while (performance.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      failure = error;
    }
    await Bun.sleep(100);
  }
  throw new Error(`no answer within ${deadlineMs} ms`, { cause: failure });
}
