import { AppError, type ErrorCode } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import type { JobsDeps } from '../deps.ts';
import type { RefusedFile } from '../queries/get-batch.ts';
import { assertOutput } from './assert-output.ts';
import type { CreateJobLimits } from './create-job.ts';
import type { ReservedKey } from './idempotency-key.ts';
import { discardOriginal, type Original, receiveOriginal } from './receive-original.ts';

/** One file of a batch. Its body is read before the next file is requested. */
export interface BatchFile {
  /** As the client named it. */
  filename: string | null;
  body: ByteSource;
}

/** The files of a batch. */
export interface NewBatch {
  owner: string;
  files: AsyncIterable<BatchFile>;
  /** Gives the specs for every file. Called after the last file has ended, since options may follow the files. */
  specs: () => Promise<Spec[]>;
  /** From `withIdempotencyKey`, if the client sent a key. */
  key?: ReservedKey | undefined;
  /** The trace of the request (W3C `traceparent`); the worker continues it. */
  trace?: string | undefined;
}

/** A file whose original is stored, with the id that its job will have. */
export interface AcceptedFile {
  jobId: string;
  filename: string | null;
  original: Original;
}

/** The files received so far. */
export interface ReceivedFiles {
  accepted: AcceptedFile[];
  refused: RefusedFile[];
  /** In the order of the files, what identifies each: its SHA-256, or why it was rejected before it was read to its end. */
  contents: string[];
}

/** The errors of one file that leave the other files of its batch unaffected. */
const fileErrorCodes = new Set<ErrorCode>([
  'file_empty',
  'unsupported_media_type',
  'image_too_large',
  'payload_too_large',
]);

/**
 * Receives the files of a batch one after the other and adds each to `received`, so that the caller can discard what was
 * stored before an error. Once the signal is aborted, it adds nothing and discards what it stores.
 *
 * @returns the specs
 * @throws AppError what `files` and `specs` throw, `storage_unavailable`
 */
export async function receiveBatch(
  deps: JobsDeps,
  { files, specs: readSpecs }: NewBatch,
  received: ReceivedFiles,
  { signal, ...limits }: CreateJobLimits & { signal: AbortSignal },
): Promise<Spec[]> {
  const refuse = (filename: string | null, error: unknown) => {
    if (!(error instanceof AppError) || !fileErrorCodes.has(error.code)) throw error;
    received.refused.push({ filename, code: error.code, message: error.publicMessage });
  };
  for await (const { filename, body } of files) {
    try {
      const original = await receiveOriginal(deps.store, body, limits, signal);
      if (signal.aborted) await discardOriginal(deps, original);
      signal.throwIfAborted();
      received.contents.push(original.sha256);
      received.accepted.push({ jobId: Bun.randomUUIDv7(), filename, original });
    } catch (error) {
      refuse(filename, error);
      received.contents.push(received.refused.at(-1)?.code ?? '');
    }
  }
  const specs = await readSpecs();
  for (const file of [...received.accepted]) {
    try {
      assertOutput(file.original, specs, limits);
    } catch (error) {
      refuse(file.filename, error);
      received.accepted.splice(received.accepted.indexOf(file), 1);
      await discardOriginal(deps, file.original);
    }
  }
  signal.throwIfAborted();
  return specs;
}
