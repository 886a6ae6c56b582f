import type { JobErrorCode } from '@thumbnail-api/errors';

/** How long a run may work before it must have renewed its lease; renewed every {@link leaseRenewMs}. */
export const leaseSeconds = 8;
export const leaseRenewMs = 2_000;

/**
 * How long after its deletion a job may still be given objects: the lease of a run that was at work, and the time in which
 * its renderer is stopped. Only then is the store listed for the last time and the row removed.
 */
export const deletionGraceSeconds = leaseSeconds + 30;

/** How many passing failures a job may have before it ends in error. */
export const triesMax = 5;
/** The crash of its own renderer that ends a job in `render_crashed`. */
export const crashesMax = 2;
/** The lost lease that ends a job in `internal_error`; a deploy loses one, so it takes many. */
export const lostLeasesMax = 10;

const backoffFirstMs = 1_000;
const backoffMostMs = 60_000;

/**
 * How long to wait before the next try: exponential, with full jitter in its upper half so that jobs that failed
 * together do not come back together.
 *
 * @param tries failures so far, at least 1
 * @param random a number from 0 to below 1
 * @returns milliseconds
 */
export function backoffMs(tries: number, random: number = Math.random()): number {
  const ceiling = Math.min(backoffMostMs, backoffFirstMs * 2 ** (tries - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** What lies in the picture itself stays as it is, however often it runs. */
const retryableByPerson: Record<JobErrorCode, boolean> = {
  image_corrupt: false,
  image_too_large: false,
  unsupported_media_type: false,
  render_too_large: false,
  render_timeout: true,
  render_crashed: true,
  storage_unavailable: true,
  original_missing: true,
  internal_error: true,
};

/** Says whether a person may run a job again that ended with `code`. */
export const isRetryableByPerson = (code: JobErrorCode): boolean => retryableByPerson[code];

/** The codes for which {@link isRetryableByPerson} says yes. */
export const codesRetryableByPerson = (Object.keys(retryableByPerson) as JobErrorCode[]).filter(isRetryableByPerson);
