import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { cutParts } from './cut-parts.ts';
import { callS3 } from './s3-call.ts';
import type { S3Deadlines } from './s3-client.ts';
import type { S3Transfer } from './s3-transfer.ts';

/** The least that S3 takes as a part that is not the last. */
export const partBytes = 5 * 1024 * 1024;

/** The object to be. */
export interface UploadTarget {
  Bucket: string;
  Key: string;
  ContentType: string;
}

/** What ends an upload before its time; the deadlines hold for each request, not for the whole. */
export interface UploadLimits {
  signal: AbortSignal | undefined;
  deadlines: S3Deadlines;
}

/** What an upload works with; `buffer` holds one part, so it is {@link partBytes} long. */
export interface UploadParts {
  client: S3Client;
  transfer: S3Transfer;
  buffer: Buffer;
}

/**
 * Keeps a stream of unknown length: up to 5 MiB as one request, more as a multipart upload, part after part.
 *
 * Holds one part in memory and reads no further while it is on its way. After a failure the multipart upload is removed;
 * where even that fails, the bucket's rule for unfinished uploads has to.
 *
 * @throws AppError `storage_unavailable`; what `chunks` throws; the reason of the signal
 */
export async function uploadParts(
  { client, transfer, buffer }: UploadParts,
  target: UploadTarget,
  chunks: AsyncIterable<Uint8Array>,
  { signal, deadlines }: UploadLimits,
): Promise<void> {
  const operation = `put ${target.Key}`;
  const interruptible = { deadlineMs: deadlines.callMs, signal };
  // An interrupted begin would leave an upload whose id nobody knows, an interrupted end an outcome nobody knows.
  const definite = { deadlineMs: deadlines.callMs, signal: undefined };
  const at = { Bucket: target.Bucket, Key: target.Key };
  const sent: CompletedPart[] = [];
  let UploadId: string | undefined;
  try {
    for await (const { bytes, isLast } of cutParts(chunks, buffer)) {
      if (isLast && !UploadId) {
        await callS3(operation, interruptible, (abortSignal) =>
          transfer.put(target.Key, bytes, target.ContentType, abortSignal),
        );
        return;
      }
      UploadId ??= await callS3(operation, definite, (abortSignal) => begin(client, target, abortSignal));
      const part = { ...at, UploadId, PartNumber: sent.length + 1 };
      const ETag = await callS3(operation, interruptible, (abortSignal) => transfer.putPart(part, bytes, abortSignal));
      sent.push({ ETag, PartNumber: part.PartNumber });
    }
    const complete = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: sent } });
    await callS3(operation, definite, (abortSignal) => client.send(complete, { abortSignal }));
  } catch (error) {
    if (UploadId) {
      const abort = new AbortMultipartUploadCommand({ ...at, UploadId });
      await client.send(abort, { abortSignal: AbortSignal.timeout(deadlines.checkMs) }).catch(() => undefined);
    }
    throw error;
  }
}

async function begin(client: S3Client, target: UploadTarget, abortSignal: AbortSignal): Promise<string> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target), { abortSignal });
  if (!UploadId) throw new Error('an upload without an id');
  return UploadId;
}
