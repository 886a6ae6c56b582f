import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ByteRange, CallOptions, StoredObject } from '../object-store.ts';
import { callS3 } from './call-s3.ts';
import { headObject } from './head-object.ts';
import { openResponseBody } from './open-response-body.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { hasStatus, isMissingObject } from './s3-error.ts';

/**
 * Returns an object and its bytes, or those in `range`; null when there is no object.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export async function findObject(
  bucket: S3Bucket,
  key: string,
  { range, signal }: CallOptions & { range?: ByteRange },
): Promise<StoredObject | null> {
  const found = await requestObject(bucket, key, range, signal);
  if (found !== 'range not satisfiable') return found;
  // S3 rejects a range that starts after the end, and that response does not describe the object.
  const info = await headObject(bucket, key, signal);
  return info && { ...info, body: new Blob([]).stream() };
}

async function requestObject(
  { client, config, deadlines }: S3Bucket,
  key: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<StoredObject | 'range not satisfiable' | null> {
  const operation = `find ${key}`;
  const Range = range && { Range: `bytes=${range.first}-${range.last}` };
  const command = new GetObjectCommand({ Bucket: config.bucket, Key: key, ...Range });
  return await callS3(operation, { deadlineMs: deadlines.callMs, signal }, async (abortSignal) => {
    try {
      const { body, bodyBytes, ...info } = parseResponse(await client.send(command, { abortSignal }), range);
      const limits = { operation, bytes: bodyBytes, idleMs: deadlines.idleMs, signal };
      return { key, ...info, body: openResponseBody(body, limits) };
    } catch (error) {
      if (isMissingObject(error)) return null;
      if (range && hasStatus(error, 416)) return 'range not satisfiable';
      throw error;
    }
  });
}

function parseResponse(response: GetObjectCommandOutput, range: ByteRange | undefined) {
  const { Body: body, ContentLength: bodyBytes, ContentRange, ContentType, LastModified: modifiedAt } = response;
  if (!(body instanceof Readable)) throw new Error('response without a body');
  // A server that ignores the range sends no Content-Range, and other bytes than requested.
  const bytes = range ? Number(/\/(\d+)$/.exec(ContentRange ?? '')?.[1]) : bodyBytes;
  if (bodyBytes === undefined || bytes === undefined || Number.isNaN(bytes) || !modifiedAt) {
    body.destroy();
    throw new Error('response without length, range or date');
  }
  return { bytes, modifiedAt, type: ContentType ?? 'application/octet-stream', body, bodyBytes };
}
