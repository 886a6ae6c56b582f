import { createHash } from 'node:crypto';
import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import type { CallOptions, DeleteFailure } from '../object-store.ts';
import { storageUnavailable } from '../storage-unavailable.ts';
import { callS3 } from './call-s3.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** The most keys that S3 accepts in one request. */
const keysMax = 1_000;

/**
 * Deletes objects with one request for every thousand.
 *
 * @returns the objects that S3 refused to delete
 * @throws AppError `storage_unavailable` if a whole request fails; the reason of `signal`
 */
export async function deleteObjects(
  bucket: S3Bucket,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<DeleteFailure[]> {
  const failures: DeleteFailure[] = [];
  for (let first = 0; first < keys.length; first += keysMax)
    failures.push(...(await deletePage(bucket, keys.slice(first, first + keysMax), signal)));
  return failures;
}

async function deletePage(
  { client, config, deadlines }: S3Bucket,
  keys: string[],
  signal: AbortSignal | undefined,
): Promise<DeleteFailure[]> {
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
  const command = new DeleteObjectsCommand({ Bucket: config.bucket, Delete });
  addContentMd5(command);
  const operation = `delete ${keys.length} objects`;
  const limits = { deadlineMs: deadlines.callMs, signal };
  const response = await callS3(operation, limits, (abortSignal) => client.send(command, { abortSignal }));
  return (response.Errors ?? []).flatMap(({ Key: key, Code, Message }) =>
    key && Code !== 'NoSuchKey'
      ? [{ key, error: storageUnavailable(`delete ${key}`, new Error(`${Code}: ${Message}`)) }]
      : [],
  );
}

/** The SDK sends a CRC32 instead, which older S3 servers do not accept for this request. */
function addContentMd5(command: DeleteObjectsCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { headers: Record<string, string>; body: string | Uint8Array } };
      request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
      return next(args);
    },
    { step: 'build', name: 'addContentMd5' },
  );
}
