import { AbortMultipartUploadCommand, PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

const partBytes = 8 * 1024 * 1024;

/** The object to be. */
export interface UploadTarget {
  Bucket: string;
  Key: string;
  ContentType: string;
}

/** What ends an upload before its time. */
export interface UploadLimits {
  /** Interrupts the request that carries bytes at that moment. */
  signal: AbortSignal | undefined;
  /** How long the removal of the parts may hold up the answer, in milliseconds. */
  cleanUpMs: number;
}

/**
 * Keeps a stream of unknown length: up to 8 MiB as one PutObject, more as a multipart upload, part after part.
 *
 * One part at a time: it holds one part and a chunk in memory, and the first failure ends it. Then the multipart upload is
 * removed; where even that fails, the bucket's own rule for unfinished uploads has to.
 *
 * @throws what `chunks` or the client throws
 */
export async function uploadStream(
  client: S3Client,
  target: UploadTarget,
  chunks: ReadableStream<Uint8Array>,
  limits: UploadLimits,
): Promise<void> {
  const upload = new Upload({
    client: interruptible(client, limits),
    params: { ...target, Body: chunks },
    partSize: partBytes,
    queueSize: 1,
    leavePartsOnError: false,
  });
  await upload.done();
}

/**
 * Upload passes no signal to its requests and lets a failed clean-up hide the first error. Only requests that carry bytes
 * are interrupted: an interrupted CreateMultipartUpload would leave an upload whose id nobody knows.
 */
function interruptible(client: S3Client, { signal, cleanUpMs }: UploadLimits): S3Client {
  const send = (command: Parameters<S3Client['send']>[0]) => {
    if (command instanceof AbortMultipartUploadCommand)
      return client.send(command, { abortSignal: AbortSignal.timeout(cleanUpMs) }).catch(() => undefined);
    const carriesBytes = command instanceof PutObjectCommand || command instanceof UploadPartCommand;
    return client.send(command, carriesBytes && signal ? { abortSignal: signal } : {});
  };
  return Object.create(client, { send: { value: send } });
}
