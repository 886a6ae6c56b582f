import { UploadPartCommand, type UploadPartCommandInput } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Bucket } from './s3-bucket.ts';

/** Long enough for a request that waits for a free connection. */
const validSeconds = 900;

/**
 * Returns the signed URL (SigV4, unsigned payload) of a request for a whole object.
 *
 * It signs with Bun, which costs less than the SDK (`docs/adr/0012-whole-bodies-past-the-sdk.md`).
 */
export async function signObjectRequest(
  { client, config }: S3Bucket,
  key: string,
  method: 'GET' | 'PUT',
): Promise<string> {
  const { bucket, region, endpoint } = config;
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
  return Bun.S3Client.presign(key, {
    bucket,
    region,
    ...(endpoint ? { endpoint } : { virtualHostedStyle: true }),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    method,
    expiresIn: validSeconds,
  });
}

/** Returns the signed URL of a request that sends one part of an upload. It signs with the SDK: Bun signs no parts. */
export const signPartRequest = ({ client }: S3Bucket, part: UploadPartCommandInput): Promise<string> =>
  getSignedUrl(client, new UploadPartCommand(part), { expiresIn: validSeconds });
