import { setImmediate } from 'node:timers/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@thumbnail-api/errors';
import { repeatedParameters } from '../http/read-query.ts';

/** Gets each file at the start of its part, and must listen to the stream at once. */
export type FileListener = (filename: string, stream: BusboyFileStream) => void;

const fileFields = ['file', 'image', 'files', 'images'];
const fieldMaxBytes = 64 * 1024;
const fieldsMax = 50;

/**
 * Parses a multipart form that is written to it chunk by chunk.
 *
 * The first error, of the form or reported with `fail`, is kept: `throwIfFailed` throws it from then on.
 */
export class FormParser {
  /** The fields that have been parsed so far. */
  readonly fields: Record<string, string> = Object.create(null);
  #failure: { error: unknown } | undefined;
  #files = 0;
  readonly #busboy: BusboyInstance;
  /** Resolves when Busboy has parsed everything or has failed. */
  readonly #finished: Promise<void>;

  /** @throws AppError `malformed_multipart` if the content type has no boundary */
  constructor(contentType: string, filesMax: number, onFile: FileListener) {
    this.#busboy = openBusboy(contentType, filesMax);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#finished = promise;
    this.#busboy.on('finish', resolve);
    this.#busboy.on('error', (error) => {
      this.fail(malformedForm('The form is malformed or ended early.', error));
      resolve();
    });
    this.#busboy.on('fieldsLimit', () => this.fail(malformedForm(`The form must have at most ${fieldsMax} fields.`)));
    this.#busboy.on('partsLimit', () => this.fail(malformedForm('The form has too many parts.')));
    this.#busboy.on('field', (name, value, _isNameTruncated, isTruncated) => {
      if (isTruncated) this.fail(malformedForm(`The field ${name} must be at most ${fieldMaxBytes} bytes.`));
      if (name in this.fields) this.fail(repeatedParameters([name]));
      this.fields[name] = value;
    });
    this.#busboy.on('file', (name, stream, filename) => {
      this.#files += 1;
      if (this.#files > filesMax) this.fail(tooManyFiles(filesMax));
      else if (!fileFields.includes(name)) this.fail(fileMissing());
      onFile(filename, stream);
    });
  }

  /** Parses a chunk. When it returns, the memory of the chunk is no longer used. */
  async write(chunk: Uint8Array): Promise<void> {
    const written = Promise.withResolvers<void>();
    this.#busboy.write(chunk, () => written.resolve());
    // After an error Busboy may never call back.
    await Promise.race([written.promise, this.#finished]);
    // The streams inside Busboy pass data on in later ticks.
    await setImmediate();
  }

  /** Parses the end of the form. */
  async end(): Promise<void> {
    this.#busboy.end();
    await this.#finished;
    if (this.#files === 0) this.fail(fileMissing());
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function openBusboy(contentType: string, filesMax: number): BusboyInstance {
  const parts = fieldsMax + filesMax + 1;
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { fieldSize: fieldMaxBytes, fields: fieldsMax, parts, headerPairs: 20 },
    });
  } catch (error) {
    throw malformedForm('The Content-Type of the form has no valid boundary.', error);
  }
}

/** The error for a form that cannot be parsed. */
export const malformedForm = (detail: string, cause?: unknown): AppError =>
  new AppError('malformed_multipart', detail, { cause });

/** The error for a form without a file. */
export const fileMissing = (): AppError =>
  new AppError('file_missing', 'The form has no file. Send it in a part named file or image.');

const tooManyFiles = (filesMax: number) =>
  new AppError('too_many_files', filesMax === 1 ? 'Send one file per request.' : `Send at most ${filesMax} files.`);
