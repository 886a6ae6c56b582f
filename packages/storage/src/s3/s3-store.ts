import { DeleteObjectCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { assertListLimit, assertMediaType, assertRange } from '../assert-arguments.ts';
import { consumeBody } from '../byte-source.ts';
import { assertObjectKey } from '../object-key.ts';
import type { ObjectStore } from '../object-store.ts';
import { callS3 } from './call-s3.ts';
import { deleteObjects } from './delete-objects.ts';
import { findObject } from './find-object.ts';
import { headObject } from './head-object.ts';
import { listObjects } from './list-objects.ts';
import { moveObject } from './move-object.ts';
import { presignUrl } from './presign-url.ts';
import { putBytes } from './put-bytes.ts';
import { putStream } from './put-stream.ts';
import { readObject } from './read-object.ts';
import { openBucket } from './s3-bucket.ts';
import { type S3Config, type S3Deadlines, s3Deadlines } from './s3-client.ts';

/**
 * Opens an {@link ObjectStore} on an existing bucket. The first call connects. The caller closes it.
 *
 * Presigned URLs start with `publicEndpoint`. The README of this package lists the permissions that the bucket must
 * grant, and what a failure leaves in it.
 */
export function openS3Store(
  config: S3Config,
  deadlines: S3Deadlines = s3Deadlines,
  publicEndpoint = config.endpoint,
): ObjectStore {
  const bucket = openBucket(config, deadlines, publicEndpoint);
  const { client } = bucket;

  return {
    async put(key, body, type, { signal } = {}) {
      assertObjectKey(key);
      assertMediaType(type);
      const target = { key, type };
      if (body instanceof Uint8Array) await putBytes(bucket, target, body, signal);
      else await consumeBody(body, signal, (chunks) => putStream(bucket, target, chunks, signal));
    },
    async find(key, options = {}) {
      assertObjectKey(key);
      assertRange(options.range);
      return await findObject(bucket, key, options);
    },
    async read(key, { signal } = {}) {
      assertObjectKey(key);
      return await readObject(bucket, key, signal);
    },
    async head(key, { signal } = {}) {
      assertObjectKey(key);
      const found = await headObject(bucket, key, signal);
      return found && { key, bytes: found.bytes, modifiedAt: found.modifiedAt };
    },
    async move(from, to, { signal } = {}) {
      assertObjectKey(from);
      assertObjectKey(to);
      return await moveObject(bucket, { from, to }, signal);
    },
    async delete(key, { signal } = {}) {
      assertObjectKey(key);
      const command = new DeleteObjectCommand({ Bucket: config.bucket, Key: key });
      const limits = { deadlineMs: deadlines.callMs, signal };
      await callS3(`delete ${key}`, limits, (abortSignal) => client.send(command, { abortSignal }));
    },
    async deleteMany(keys, options = {}) {
      for (const key of keys) assertObjectKey(key);
      options.signal?.throwIfAborted();
      return await deleteObjects(bucket, keys, options);
    },
    async list(prefix, options) {
      assertListLimit(options.limit);
      return await listObjects(bucket, prefix, options);
    },
    async check({ signal } = {}) {
      const command = new HeadBucketCommand({ Bucket: config.bucket });
      const limits = { deadlineMs: deadlines.checkMs, signal };
      await callS3('check', limits, (abortSignal) => client.send(command, { abortSignal }));
    },
    async presign(key, options) {
      assertObjectKey(key);
      assertMediaType(options.type);
      return await presignUrl(bucket, key, options);
    },
    close: bucket.close,
  };
}
