import type { Fault, Values } from '../load-config.ts';
import { wholeNumber } from './variables.ts';

/** How much one caller may use in a window; 0 lets everything in. */
export interface RateLimits {
  requests: number;
  /** Of uploads. */
  bytes: number;
  windowSeconds: number;
}

/** The variables that bound what one caller may use. */
export const rateLimitVariables = {
  RATE_LIMIT_REQUESTS: wholeNumber(0, 1_000_000_000).optional().meta({
    description:
      'Requests that one caller may send in a window: each address, and each key. 0 lets all in. Left out: 1200 with `AUTH=api-key`, else 0.',
    example: '600',
  }),
  RATE_LIMIT_BYTES: wholeNumber(0, 2 ** 50)
    .optional()
    .meta({
      description:
        'Bytes that one caller may upload in a window. 0 lets all in. Left out: 2 GiB with `AUTH=api-key`, else 0.',
      example: '1073741824',
    }),
  RATE_LIMIT_WINDOW_SECONDS: wholeNumber(1, 86_400).default(60).meta({ description: 'How long a window is.' }),
};

type RateLimitValues = Values<typeof rateLimitVariables>;

/** Refuses a window in which the largest upload that is taken could never arrive. */
export function checkRateLimits(
  environment: RateLimitValues & { AUTH: 'none' | 'api-key'; MAX_UPLOAD_BYTES: number; MAX_BATCH_BYTES: number },
  fault: Fault,
): void {
  const { bytes } = toRateLimits(environment);
  for (const name of ['MAX_UPLOAD_BYTES', 'MAX_BATCH_BYTES'] as const) {
    if (bytes && bytes < environment[name]) fault('RATE_LIMIT_BYTES', `is less than ${name} (${environment[name]})`);
  }
}

/** What one caller may use in a window where none is told apart, and where each is. */
const unlimited = { requests: 0, bytes: 0 };
const usual = { requests: 1_200, bytes: 2 * 1024 ** 3 };

/** Builds the part of the configuration that the variables describe; what is left out follows who may call. */
export function toRateLimits(environment: RateLimitValues & { AUTH: 'none' | 'api-key' }): RateLimits {
  const { requests, bytes } = environment.AUTH === 'api-key' ? usual : unlimited;
  return {
    requests: environment.RATE_LIMIT_REQUESTS ?? requests,
    bytes: environment.RATE_LIMIT_BYTES ?? bytes,
    windowSeconds: environment.RATE_LIMIT_WINDOW_SECONDS,
  };
}
