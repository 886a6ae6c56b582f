import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../object-store.ts';

/** What is listed. */
export interface S3ListOptions {
  bucket: string;
  prefix: string;
  limit: number;
  after: string | undefined;
}

/**
 * Lists `limit` objects, or all there are: a server may answer with fewer than it was asked for although more exist.
 *
 * @throws what the client throws
 */
export async function listS3Objects(
  client: S3Client,
  { bucket, prefix, limit, after }: S3ListOptions,
  abortSignal: AbortSignal,
): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  let behind = after;
  let hasMore = true;
  while (hasMore && found.length < limit) {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: limit - found.length,
      ...(behind && { StartAfter: behind }),
    });
    const answer = await client.send(command, { abortSignal });
    for (const { Key, Size, LastModified } of answer.Contents ?? []) {
      if (!Key || Size === undefined || !LastModified) throw new Error('a listing without key, size or date');
      found.push({ key: Key, bytes: Size, modifiedAt: LastModified });
    }
    const last = found.at(-1)?.key;
    hasMore = answer.IsTruncated === true && last !== behind;
    behind = last;
  }
  return found;
}
