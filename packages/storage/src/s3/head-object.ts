import { HeadBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../object-store.ts';
import { callS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isMissingObject } from './s3-error.ts';

/**
 * Returns an object and its media type without its bytes; null when there is no object.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export async function headObject(
  { client, config, deadlines }: S3Bucket,
  key: string,
  signal: AbortSignal | undefined,
): Promise<(ObjectInfo & { type: string }) | null> {
  const Bucket = config.bucket;
  return await callS3(`head ${key}`, { deadlineMs: deadlines.callMs, signal }, async (abortSignal) => {
    try {
      const response = await client.send(new HeadObjectCommand({ Bucket, Key: key }), { abortSignal });
      const { ContentLength: bytes, LastModified: modifiedAt, ContentType } = response;
      if (bytes === undefined || !modifiedAt) throw new Error('response without length or date');
      return { key, bytes, modifiedAt, type: ContentType ?? 'application/octet-stream' };
    } catch (error) {
      if (!isMissingObject(error)) throw error;
      // A response to HEAD has no body, so the status is the same for a missing object and a missing bucket.
      await client.send(new HeadBucketCommand({ Bucket }), { abortSignal });
      return null;
    }
  });
}
