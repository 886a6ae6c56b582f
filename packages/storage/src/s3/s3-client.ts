import { S3Client } from '@aws-sdk/client-s3';
import type { StorageConfig } from '@thumbnail-api/config';

/** The configuration of an S3 bucket. */
export type S3Config = Extract<StorageConfig, { kind: 's3' }>;

/** The deadlines of calls on an S3 server, in milliseconds. */
export interface S3Deadlines {
  /** For opening a connection. */
  connectMs: number;
  /** From the first byte of a request to the headers of its response, for each try. A request may send 5 MiB. */
  answerMs: number;
  /** For a whole call, with its retries and the search for credentials, up to the headers of the response. */
  callMs: number;
  /** The idle timeout of a body: the longest wait for one chunk. */
  idleMs: number;
  /** For `check`, and for aborting a failed upload. */
  checkMs: number;
}

/** The deadlines that the service uses. */
export const s3Deadlines: S3Deadlines = {
  connectMs: 2_000,
  answerMs: 10_000,
  callMs: 35_000,
  idleMs: 10_000,
  checkMs: 2_000,
};

/** The connections of one client. Further calls wait for a free connection, within their deadline. */
const maxSockets = 128;

/** Opens an S3 client. It sends no request. The caller destroys it. */
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
    // By default the SDK sends CRC trailers that older S3 servers reject, and wraps a body in a stream that hides a
    // lost connection. This package compares the length instead, and the row has the sha256 of the bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: deadlines.connectMs,
      requestTimeout: deadlines.answerMs,
      // Without this the SDK only logs a warning for a late request.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
