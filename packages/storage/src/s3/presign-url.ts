import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { PresignOptions } from '../object-store.ts';
import { callS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';

/**
 * Returns a URL that gives access to one object without credentials. Sends no request to the store, but may have to
 * fetch the credentials of the machine's role.
 *
 * @throws AppError `storage_unavailable` when there are no credentials; the reason of `signal`
 */
export function presignUrl(
  { signer, config, deadlines }: S3Bucket,
  key: string,
  { method, type, disposition, validSeconds, signal }: PresignOptions,
): Promise<string> {
  const input = {
    Bucket: config.bucket,
    Key: key,
    ResponseContentType: type,
    ResponseContentDisposition: disposition,
  };
  // The signature covers the method: a URL for GET is not valid for HEAD.
  const command = method === 'HEAD' ? new HeadObjectCommand(input) : new GetObjectCommand(input);
  return callS3(`presign ${key}`, { deadlineMs: deadlines.callMs, signal }, () =>
    getSignedUrl(signer, command, { expiresIn: validSeconds }),
  );
}
