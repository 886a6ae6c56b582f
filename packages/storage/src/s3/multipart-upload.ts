import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
} from '@aws-sdk/client-s3';
import { callS3, retryS3 } from './call-s3.ts';
import type { PutTarget } from './put-bytes.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { sendBytes } from './send-bytes.ts';
import { signPartRequest } from './sign-request.ts';

interface UploadAddress {
  Bucket: string;
  Key: string;
  UploadId: string;
}

/** A multipart upload that was started. The object appears when it is completed. */
export class MultipartUpload {
  readonly #bucket: S3Bucket;
  readonly #address: UploadAddress;
  readonly #parts: CompletedPart[] = [];

  constructor(bucket: S3Bucket, address: UploadAddress) {
    this.#bucket = bucket;
    this.#address = address;
  }

  /** Starts an upload. It cannot be aborted while it starts, because the upload would stay with an unknown id. */
  static async start(bucket: S3Bucket, { key, type }: PutTarget): Promise<MultipartUpload> {
    const { client, config, deadlines } = bucket;
    const target = { Bucket: config.bucket, Key: key };
    const command = new CreateMultipartUploadCommand({ ...target, ContentType: type });
    const limits = { deadlineMs: deadlines.callMs, signal: undefined };
    const { UploadId } = await callS3(`put ${key}`, limits, (signal) => client.send(command, { abortSignal: signal }));
    if (!UploadId) throw new Error('multipart upload without an id');
    return new MultipartUpload(bucket, { ...target, UploadId });
  }

  /** Sends the next part. Only the last one may have less than 5 MiB. */
  async sendPart(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const part = { ...this.#address, PartNumber: this.#parts.length + 1 };
    const limits = { deadlineMs: this.#bucket.deadlines.callMs, signal };
    const ETag = await callS3(`put ${part.Key}`, limits, (abortSignal) =>
      retryS3(abortSignal, async () => {
        const url = await signPartRequest(this.#bucket, part);
        const request = { url, type: 'application/octet-stream', signal: abortSignal };
        const etag = (await sendBytes(this.#bucket, bytes, request)).get('etag');
        if (!etag) throw new Error('part without an ETag');
        return etag;
      }),
    );
    this.#parts.push({ ETag, PartNumber: part.PartNumber });
  }

  /** Makes the object of all parts. It cannot be aborted, because the outcome would be unknown. */
  async complete(): Promise<void> {
    const { client, deadlines } = this.#bucket;
    const command = new CompleteMultipartUploadCommand({ ...this.#address, MultipartUpload: { Parts: this.#parts } });
    const limits = { deadlineMs: deadlines.callMs, signal: undefined };
    await callS3(`put ${this.#address.Key}`, limits, (signal) => client.send(command, { abortSignal: signal }));
  }

  /** Removes the parts that were sent. Ignores every error. */
  async abort(): Promise<void> {
    const { client, deadlines } = this.#bucket;
    const command = new AbortMultipartUploadCommand(this.#address);
    await client.send(command, { abortSignal: AbortSignal.timeout(deadlines.checkMs) }).catch(() => undefined);
  }
}
