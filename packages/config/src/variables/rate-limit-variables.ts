import type { ReportIssue, Values } from '../load-config.ts';
import { wholeNumber } from './variables.ts';

/** What one caller may use in a window; 0 means unlimited. */
export interface RateLimits {
  requests: number;
  /** Bytes of uploads. */
  bytes: number;
  /** Estimated seconds of rendering. */
  renderSeconds: number;
  windowSeconds: number;
}

/** The variables that set the rate limits of a caller. */
export const rateLimitVariables = {
  RATE_LIMIT_REQUESTS: wholeNumber(0, 1_000_000_000).optional().meta({
    description:
      'Maximum number of requests in a window, for each client address and for each key. 0 means unlimited. If unset, 1200 with `AUTH=api-key`, else 0.',
    example: '600',
  }),
  RATE_LIMIT_BYTES: wholeNumber(0, 2 ** 50)
    .optional()
    .meta({
      description:
        'Maximum number of bytes that one caller may upload in a window. 0 means unlimited. If unset, 2 GiB with `AUTH=api-key`, else 0.',
      example: '1073741824',
    }),
  RATE_LIMIT_RENDER_SECONDS: wholeNumber(0, 1_000_000_000).optional().meta({
    description:
      'Maximum estimated time of renderings that one owner may request in a window, in seconds on one core. 0 means unlimited. If unset, 600 with `AUTH=api-key`, else 0.',
    example: '1200',
  }),
  RATE_LIMIT_WINDOW_SECONDS: wholeNumber(1, 86_400)
    .default(60)
    .meta({ description: 'Length of a rate limit window, in seconds.' }),
};

type RateLimitValues = Values<typeof rateLimitVariables>;

/** Reports a byte limit that no upload or batch of the maximum size could ever meet. */
export function checkRateLimits(
  environment: RateLimitValues & { AUTH: 'none' | 'api-key'; MAX_UPLOAD_BYTES: number; MAX_BATCH_BYTES: number },
  report: ReportIssue,
): void {
  const { bytes } = toRateLimits(environment);
  for (const name of ['MAX_UPLOAD_BYTES', 'MAX_BATCH_BYTES'] as const) {
    if (bytes && bytes < environment[name])
      report('RATE_LIMIT_BYTES', `must be at least ${name} (${environment[name]}), or 0`);
  }
}

const defaultsWithoutKeys = { requests: 0, bytes: 0, renderSeconds: 0 };
const defaultsWithKeys = { requests: 1_200, bytes: 2 * 1024 ** 3, renderSeconds: 600 };

/** Builds {@link RateLimits} from the variables. The defaults depend on `AUTH`. */
export function toRateLimits(environment: RateLimitValues & { AUTH: 'none' | 'api-key' }): RateLimits {
  const defaults = environment.AUTH === 'api-key' ? defaultsWithKeys : defaultsWithoutKeys;
  return {
    requests: environment.RATE_LIMIT_REQUESTS ?? defaults.requests,
    bytes: environment.RATE_LIMIT_BYTES ?? defaults.bytes,
    renderSeconds: environment.RATE_LIMIT_RENDER_SECONDS ?? defaults.renderSeconds,
    windowSeconds: environment.RATE_LIMIT_WINDOW_SECONDS,
  };
}
