import { get } from 'node:http';

/** Something that answers 200 once it is ready. */
export interface Readiness {
  /** What a person calls it. */
  name: string;
  url: string;
}

const pollMs = 50;
const answerMs = 2_000;

/**
 * Waits until every address answers 200, at most `deadlineMs`, and gives those that did not.
 *
 * Ends early, with what is left, when `cancelled` is aborted.
 */
export async function waitUntilReady(
  addresses: Readiness[],
  deadlineMs: number,
  cancelled: AbortSignal,
): Promise<Readiness[]> {
  const end = performance.now() + deadlineMs;
  let waiting = addresses;
  while (waiting.length > 0 && !cancelled.aborted && performance.now() < end) {
    const answers = await Promise.all(waiting.map(async (address) => ({ address, status: await ask(address.url) })));
    waiting = answers.filter(({ status }) => status !== 200).map(({ address }) => address);
    if (waiting.length > 0) await Bun.sleep(pollMs);
  }
  return waiting;
}

/** Not `fetch`: Bun's sends even a request to this machine through `HTTP_PROXY`. */
function ask(url: string): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const request = get(url, { timeout: answerMs, agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  request.once('timeout', () => request.destroy());
  request.once('error', () => resolve(undefined));
  request.once('close', () => resolve(undefined));
  return promise;
}
