import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { CallOptions, ObjectInfo } from '../object-store.ts';
import { callS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** Which objects are listed, and how many at most. */
export interface ListObjectsOptions extends CallOptions {
  limit: number;
  after?: string;
}

/**
 * Lists `limit` objects, or all that exist. Sends further requests when a server returns fewer than it was asked for.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export async function listObjects(
  { client, config, deadlines }: S3Bucket,
  prefix: string,
  { limit, after, signal }: ListObjectsOptions,
): Promise<ObjectInfo[]> {
  return await callS3(`list ${prefix}`, { deadlineMs: deadlines.callMs, signal }, async (abortSignal) => {
    const found: ObjectInfo[] = [];
    let startAfter = after;
    let hasMore = true;
    while (hasMore && found.length < limit) {
      const command = new ListObjectsV2Command({
        Bucket: config.bucket,
        Prefix: prefix,
        MaxKeys: limit - found.length,
        ...(startAfter && { StartAfter: startAfter }),
      });
      const response = await client.send(command, { abortSignal });
      for (const { Key, Size, LastModified } of response.Contents ?? []) {
        if (!Key || Size === undefined || !LastModified) throw new Error('listed object without key, size or date');
        found.push({ key: Key, bytes: Size, modifiedAt: LastModified });
      }
      const last = found.at(-1)?.key;
      hasMore = response.IsTruncated === true && last !== startAfter;
      startAfter = last;
    }
    return found;
  });
}
