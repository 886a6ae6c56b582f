import type { S3Client } from '@aws-sdk/client-s3';
import { BufferPool } from './buffer-pool.ts';
import { openS3Client, type S3Config, type S3Deadlines } from './s3-client.ts';

/** The length of the parts of an upload: the smallest that S3 accepts, except for the last part. */
export const partBytes = 5 * 1024 * 1024;

/** An open bucket: what the calls of an S3 store share. */
export interface S3Bucket {
  config: S3Config;
  deadlines: S3Deadlines;
  client: S3Client;
  /** Signs URLs for clients. Sends no requests. */
  signer: S3Client;
  /** Buffers of {@link partBytes} bytes. */
  buffers: BufferPool;
  /** Closes every connection. */
  close(): void;
}

/** Opens a bucket. It sends no request. URLs for clients start with `publicEndpoint`. The caller closes it. */
export function openBucket(config: S3Config, deadlines: S3Deadlines, publicEndpoint: string | undefined): S3Bucket {
  const client = openS3Client(config, deadlines);
  // The signature covers the host name, so URLs for clients are signed for the host that clients use.
  const signer =
    publicEndpoint === config.endpoint ? client : openS3Client({ ...config, endpoint: publicEndpoint }, deadlines);
  const close = () => {
    client.destroy();
    signer.destroy();
  };
  return { config, deadlines, client, signer, buffers: new BufferPool(partBytes), close };
}
