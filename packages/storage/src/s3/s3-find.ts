import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ByteRange, StoredObject } from '../object-store.ts';
import { openS3Body } from './s3-body.ts';
import { callS3, hasStatus, isAbsent } from './s3-call.ts';
import type { S3Deadlines } from './s3-client.ts';

/** What is asked of the bucket, and for how long. */
export interface S3FindOptions {
  bucket: string;
  key: string;
  range: ByteRange | undefined;
  signal: AbortSignal | undefined;
  deadlines: S3Deadlines;
}

/**
 * Asks for an object or a part of it.
 *
 * Gives null when there is none and `beyond` when the range begins behind its end.
 *
 * @throws AppError `storage_unavailable`; the reason of `signal`
 */
export async function findS3Object(client: S3Client, options: S3FindOptions): Promise<StoredObject | 'beyond' | null> {
  const { bucket, key, range, signal, deadlines } = options;
  const operation = `find ${key}`;
  const Range = range && { Range: `bytes=${range.first}-${range.last}` };
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...Range });
  return await callS3(operation, { deadlineMs: deadlines.callMs, signal }, async (abortSignal) => {
    try {
      const { body, bodyBytes, ...facts } = readAnswer(await client.send(command, { abortSignal }), range);
      const limits = { operation, bytes: bodyBytes, silenceMs: deadlines.silenceMs, signal };
      return { key, ...facts, body: openS3Body(body, limits) };
    } catch (error) {
      if (isAbsent(error)) return null;
      if (range && hasStatus(error, 416)) return 'beyond';
      throw error;
    }
  });
}

function readAnswer(answer: GetObjectCommandOutput, range: ByteRange | undefined) {
  const { Body: body, ContentLength: bodyBytes, ContentRange, ContentType, LastModified: modifiedAt } = answer;
  if (!(body instanceof Readable)) throw new Error('an answer without a body');
  // A server that ignores the range sends no Content-Range, and other bytes than were asked for.
  const bytes = range ? Number(/\/(\d+)$/.exec(ContentRange ?? '')?.[1]) : bodyBytes;
  if (bodyBytes === undefined || bytes === undefined || Number.isNaN(bytes) || !modifiedAt) {
    body.destroy();
    throw new Error('an answer without length, range or date');
  }
  return { bytes, modifiedAt, type: ContentType ?? 'application/octet-stream', body, bodyBytes };
}
