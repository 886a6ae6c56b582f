import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { PresignOptions } from '../object-store.ts';
import { callS3 } from './s3-call.ts';

/**
 * A URL under which anybody gets one object, or with HEAD its headers, for a while. Sends nothing to the store; only the
 * rights of a machine's role may have to be fetched first.
 *
 * @throws AppError `storage_unavailable` when there are no credentials to be had
 */
export function presignS3(
  client: S3Client,
  at: { Bucket: string; Key: string },
  { method, type, disposition, validSeconds, signal }: PresignOptions,
  deadlineMs: number,
): Promise<string> {
  const input = { ...at, ResponseContentType: type, ResponseContentDisposition: disposition };
  // The method is signed: a URL for GET answers no HEAD.
  const command = method === 'HEAD' ? new HeadObjectCommand(input) : new GetObjectCommand(input);
  return callS3(`presign ${at.Key}`, { deadlineMs, signal }, () =>
    getSignedUrl(client, command, { expiresIn: validSeconds }),
  );
}
