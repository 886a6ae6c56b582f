import { DeleteObjectCommand, HeadBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { assertListLimit, assertMediaType, assertRange } from '../assert-arguments.ts';
import type { ByteSource } from '../byte-source.ts';
import { guardCall } from '../guard-call.ts';
import { assertObjectKey } from '../object-key.ts';
import type { ByteRange, CallOptions, ObjectStore, StoredObject } from '../object-store.ts';
import { takeBody } from '../take-body.ts';
import { poolBuffers } from './pool-buffers.ts';
import { callS3, isAbsent } from './s3-call.ts';
import { openS3Client, type S3Config, type S3Deadlines, s3Deadlines } from './s3-client.ts';
import { findS3Object } from './s3-find.ts';
import { listS3Objects } from './s3-list.ts';
import { presignS3 } from './s3-presign.ts';
import { openS3Transfer } from './s3-transfer.ts';
import { partBytes, uploadParts } from './s3-upload.ts';

/**
 * Opens an {@link ObjectStore} on a bucket, with one client of its own; sends nothing until it is asked.
 *
 * Presigned URLs begin with `publicEndpoint`. The bucket must exist. What it has to allow, and what a failure leaves in it, is in the package's README.
 */
export function openS3Store(
  config: S3Config,
  deadlines: S3Deadlines = s3Deadlines,
  publicEndpoint = config.endpoint,
): ObjectStore {
  const client = openS3Client(config, deadlines);
  // The name of the host is signed: what clients call the server must be in it. Nothing is ever sent there.
  const signer =
    publicEndpoint === config.endpoint ? client : openS3Client({ ...config, endpoint: publicEndpoint }, deadlines);
  const transfer = openS3Transfer(client, config, deadlines);
  const buffers = poolBuffers(partBytes);
  const { bucket } = config;
  const { callMs, checkMs } = deadlines;
  const at = (key: string) => ({ Bucket: bucket, Key: key });

  async function put(key: string, body: ByteSource | Uint8Array, type: string, { signal }: CallOptions = {}) {
    assertObjectKey(key);
    assertMediaType(type);
    if (body instanceof Uint8Array) {
      await callS3(`put ${key}`, { deadlineMs: callMs, signal }, (abortSignal) =>
        transfer.put(key, body, type, abortSignal),
      );
      return;
    }
    const target = { ...at(key), ContentType: type };
    // No deadline over the whole: how fast the body comes is its sender's affair, each request has its own.
    await takeBody(body, signal, (chunks) =>
      guardCall(`put ${key}`, signal, () =>
        buffers.lend((buffer) => uploadParts({ client, transfer, buffer }, target, chunks, { signal, deadlines })),
      ),
    );
  }

  async function find(key: string, { signal, range }: CallOptions & { range?: ByteRange } = {}) {
    assertObjectKey(key);
    assertRange(range);
    const found = await findS3Object(client, { bucket, key, range, signal, deadlines });
    return found === 'beyond' ? findNothing(key, signal) : found;
  }

  /** An object without any of its bytes: S3 refuses a range that begins behind the end, and says nothing else. */
  async function findNothing(key: string, signal: AbortSignal | undefined): Promise<StoredObject | null> {
    const found = await describe(key, signal);
    return found && { ...found, body: new Blob([]).stream() };
  }

  function describe(key: string, signal: AbortSignal | undefined) {
    return callS3(`head ${key}`, { deadlineMs: callMs, signal }, async (abortSignal) => {
      try {
        const answer = await client.send(new HeadObjectCommand(at(key)), { abortSignal });
        const { ContentLength: bytes, LastModified: modifiedAt, ContentType } = answer;
        if (bytes === undefined || !modifiedAt) throw new Error('an answer without length or date');
        return { key, bytes, modifiedAt, type: ContentType ?? 'application/octet-stream' };
      } catch (error) {
        if (!isAbsent(error)) throw error;
        // An answer to HEAD has no body: only this tells a missing object from a missing bucket.
        await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
        return null;
      }
    });
  }

  return {
    put,
    find,
    async read(key, { signal } = {}) {
      assertObjectKey(key);
      return await callS3(`read ${key}`, { deadlineMs: callMs, signal }, (abortSignal) =>
        transfer.read(key, abortSignal),
      );
    },
    async head(key, { signal } = {}) {
      assertObjectKey(key);
      const found = await describe(key, signal);
      return found && { key, bytes: found.bytes, modifiedAt: found.modifiedAt };
    },
    async delete(key, { signal } = {}) {
      assertObjectKey(key);
      await callS3(`delete ${key}`, { deadlineMs: callMs, signal }, (abortSignal) =>
        client.send(new DeleteObjectCommand(at(key)), { abortSignal }),
      );
    },
    async list(prefix, { signal, limit, after }) {
      assertListLimit(limit);
      return await callS3(`list ${prefix}`, { deadlineMs: callMs, signal }, (abortSignal) =>
        listS3Objects(client, { bucket, prefix, limit, after }, abortSignal),
      );
    },
    async check({ signal } = {}) {
      await callS3('check', { deadlineMs: checkMs, signal }, (abortSignal) =>
        client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal }),
      );
    },
    presign: async (key, options) => {
      assertObjectKey(key);
      assertMediaType(options.type);
      return await presignS3(signer, at(key), options, callMs);
    },
    close: () => {
      client.destroy();
      signer.destroy();
    },
  };
}
