import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { callS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isMissingObject } from './s3-error.ts';

/**
 * Copies an object to another key and deletes the first one. Returns false when there is none.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export async function moveObject(
  { client, config, deadlines }: S3Bucket,
  { from, to }: { from: string; to: string },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const Bucket = config.bucket;
  const limits = { deadlineMs: deadlines.callMs, signal };
  return await callS3(`move ${from}`, limits, async (abortSignal) => {
    try {
      // The characters of a key and of a bucket name need no escape.
      const copy = new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}` });
      await client.send(copy, { abortSignal });
    } catch (error) {
      if (isMissingObject(error)) return false;
      throw error;
    }
    await client.send(new DeleteObjectCommand({ Bucket, Key: from }), { abortSignal });
    return true;
  });
}
