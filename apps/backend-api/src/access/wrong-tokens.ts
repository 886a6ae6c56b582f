import { createHash } from 'node:crypto';
import { AppError } from '@thumbnail-api/errors';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { callerAddress } from './caller-address.ts';

/** The tokens that a client can send: an API key, the metrics token, the signature of a link. */
export type TokenKind = 'key' | 'metrics' | 'link';

/** How many different wrong tokens of one kind an address may send in a window of the rate limits. */
const wrongTokensMax = 100;
/** About 1 MB at most. */
const blockedMax = 10_000;

/**
 * Counts wrong tokens, and stops checking those of an address that has sent too many: every further try is then rejected
 * unseen, right or wrong, until the window ends. A repeated token counts once, so a client with an old key does not lock out
 * others at its address.
 *
 * The counts are shared by all processes. Which addresses are blocked is known to each by itself, so that a request with a
 * valid token costs nothing.
 */
export class WrongTokens {
  readonly #deps: Pick<ApiDeps, 'config' | 'counter' | 'metrics'>;
  /** Until when each is blocked, in milliseconds of `performance.now()`, ordered by when it was blocked. */
  readonly #blocked = new Map<string, number>();

  constructor(deps: Pick<ApiDeps, 'config' | 'counter' | 'metrics'>) {
    this.#deps = deps;
  }

  /**
   * Gives what `verify` finds for a token, and counts the token if that is nothing.
   *
   * @throws AppError `rate_limited` without calling `verify` if the address is blocked; also for the token that blocks it
   */
  async check<T>(
    context: Context<ApiEnv>,
    { kind, token }: { kind: TokenKind; token: string },
    verify: () => T | Promise<T>,
  ): Promise<T> {
    const subject = `wrong-${kind}:${callerAddress(context, this.#deps.config.links)}`;
    this.#assertNotBlocked(subject);
    const found = await verify();
    if (!found) {
      this.#deps.metrics.wrongTokens.inc({ kind });
      await this.#count(subject, token);
      this.#assertNotBlocked(subject);
    }
    return found;
  }

  async #count(subject: string, token: string): Promise<void> {
    const { counter } = this.#deps;
    const digest = createHash('sha256').update(token).digest('hex').slice(0, 16);
    const repeated = await counter.add(`${subject}:${digest}`, 1);
    if (repeated.used > 1) return;
    const { used, resetMs } = await counter.add(subject, 1);
    if (used <= wrongTokensMax) return;
    const [oldest] = this.#blocked.keys();
    if (oldest !== undefined && this.#blocked.size >= blockedMax) this.#blocked.delete(oldest);
    this.#blocked.set(subject, performance.now() + resetMs);
  }

  #assertNotBlocked(subject: string): void {
    const until = this.#blocked.get(subject);
    if (until === undefined) return;
    const remainingMs = until - performance.now();
    if (remainingMs <= 0) {
      this.#blocked.delete(subject);
      return;
    }
    this.#deps.metrics.rateLimited.inc({ by: 'address', what: 'tokens' });
    const retryAfterSeconds = Math.ceil(remainingMs / 1_000);
    throw new AppError(
      'rate_limited',
      `Too many invalid keys or tokens were sent from this address. Try again in ${retryAfterSeconds} s.`,
      { retryAfterSeconds },
    );
  }
}
