import { S3Client } from '@aws-sdk/client-s3';
import type { StorageConfig } from '@thumbnail-api/config';

/** The part of the configuration that names a bucket. */
export type S3Config = Extract<StorageConfig, { kind: 's3' }>;

/** How long an S3 server may keep us waiting, in milliseconds. */
export interface S3Deadlines {
  /** Until a connection stands. */
  connectMs: number;
  /** From the first byte of a request to the head of its answer, each of the tries for itself; a part of an upload is 5 MiB. */
  answerMs: number;
  /** A whole call with its retries and the search for credentials, up to the head of the answer. */
  callMs: number;
  /** The longest silence while a body is being waited for; the time its reader takes does not count. */
  silenceMs: number;
  /** `check`, and the clean-up behind an upload that failed. */
  checkMs: number;
}

/** The deadlines of a running service. */
export const s3Deadlines: S3Deadlines = {
  connectMs: 2_000,
  answerMs: 10_000,
  callMs: 35_000,
  silenceMs: 10_000,
  checkMs: 2_000,
};

/** Open connections of one client at most; calls beyond wait for a free one, within their deadline. */
const maxSockets = 128;

/** Opens the one client of an S3 store; `destroy` closes its connections. No request is sent. */
export function openS3Client(config: S3Config, deadlines: S3Deadlines): S3Client {
  const agent = { keepAlive: true, maxSockets };
  return new S3Client({
    region: config.region,
    ...(config.endpoint && { endpoint: config.endpoint, forcePathStyle: true }),
    ...(config.credentials && {
      credentials: {
        accessKeyId: config.credentials.accessKey,
        secretAccessKey: config.credentials.secretKey.reveal(),
      },
    }),
    maxAttempts: 3,
    // By default the SDK sends CRC trailers that older S3 servers refuse, and wraps a body into a stream that swallows a
    // lost connection. Lengths are compared here; the sha256 of the bytes is in the row.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: deadlines.connectMs,
      requestTimeout: deadlines.answerMs,
      // Without it a request that is late is only warned about.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
