import { type JobErrorCode, jobErrorCodes } from '@thumbnail-api/errors';

/** How long a lease lasts. */
export const leaseSeconds = 8;
/** How often a worker renews the lease of a run. */
export const leaseRenewMs = 2_000;

/**
 * How long objects of a deleted job may still appear: the lease of a run in progress plus the time to stop its renderer.
 * After that the store is listed once more and the row is deleted.
 */
export const deletionGraceSeconds = leaseSeconds + 30;

/** The number of transient failures that ends a job. */
export const triesMax = 5;
/** The number of crashes of its own renderer that ends a job in `render_crashed`. */
export const crashesMax = 2;
/** The number of lost leases that ends a job in `internal_error`. High, since every deployment may lose one. */
export const lostLeasesMax = 10;

const backoffFirstMs = 1_000;
const backoffMaxMs = 60_000;

/**
 * The delay before the next try: exponential, with jitter over its upper half so that jobs that failed together do not all
 * return together.
 *
 * @param tries failures so far, at least 1
 * @param random a number from 0 to below 1
 * @returns milliseconds
 */
export function backoffMs(tries: number, random: number = Math.random()): number {
  const ceiling = Math.min(backoffMaxMs, backoffFirstMs * 2 ** (tries - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** For how long the object store must say that an original is missing before its job ends in `original_missing`. */
export const missingMaxMs = 120_000;

/** The delay before an original that has been missing for `missingMs` is looked for again: as long again, up to a minute. */
export const missingBackoffMs = (missingMs: number): number =>
  backoffMs(Math.max(1, 1 + Math.floor(Math.log2(missingMs / backoffFirstMs))));

/** Failures that the image or its options cause would only repeat. A damaged original can be restored from a backup. */
const retryable: Record<JobErrorCode, boolean> = {
  image_corrupt: false,
  image_too_large: false,
  unsupported_media_type: false,
  render_too_large: false,
  render_timeout: true,
  render_crashed: true,
  storage_unavailable: true,
  original_missing: true,
  storage_damaged: true,
  internal_error: true,
};

/** Whether a client may retry a job that failed with `code`. */
export const isRetryable = (code: JobErrorCode): boolean => retryable[code];

/** The codes that are {@link isRetryable}. */
export const retryableCodes = jobErrorCodes.filter(isRetryable);

/** The codes that are not {@link isRetryable}. */
export const permanentCodes = jobErrorCodes.filter((code) => !isRetryable(code));
