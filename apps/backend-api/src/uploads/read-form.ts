import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';
import { cleanFilename } from './clean-filename.ts';
import { FormFile } from './form-file.ts';
import { FormParser, fileMissing, malformedForm } from './form-parser.ts';
import type { UploadRequest } from './upload-slots.ts';

/** A file of an upload. */
export interface UploadedFile {
  /** The client's name for the file, at most 255 characters. */
  filename: string | null;
  /** The bytes, read from the client on demand. */
  body: ByteSource;
}

/** A form that is read on demand. Only one call at a time, the bodies of the files included. */
export interface Form {
  /** Returns the next file, or null after the last one. Read or cancel the body of the previous file first. */
  nextFile(): Promise<UploadedFile | null>;
  /** Reads the rest of the form and returns its fields, those before, between and after the files. */
  fields(): Promise<Record<string, string>>;
}

/** The limits of a form. */
export interface FormLimits {
  filesMax: number;
  /** For the whole form, in bytes. */
  formMaxBytes: number;
}

/** Says whether a request has a form as its body. */
export const isForm = (headers: Headers): boolean =>
  /^multipart\/form-data\s*;/i.test(headers.get('content-type') ?? '');

/**
 * Starts to read a form. It is parsed one chunk at a time, and only when a file, its bytes or the fields are asked for.
 *
 * @throws AppError `payload_too_large`, `malformed_multipart`. So do `nextFile`, `fields` and the bodies of the files, which
 *   also throw `too_many_files`, `file_missing` (no file, or a file in a part with another name) and what the body throws
 */
export function readForm(request: UploadRequest, limits: FormLimits): Form {
  if (Number(request.headers.get('content-length') ?? 0) > limits.formMaxBytes) throw tooLarge(limits);
  return new FormReader(request, limits);
}

/** Reads chunks of the body and feeds them to the parser until the parser has found what was asked for. */
class FormReader implements Form {
  readonly #body: ByteSource;
  readonly #limits: FormLimits;
  readonly #parser: FormParser;
  /** Files that were found and not asked for yet. */
  readonly #files: UploadedFile[] = [];
  #bytes = 0;
  /** Whether the whole body was parsed. */
  #isComplete = false;

  constructor({ headers, body }: UploadRequest, limits: FormLimits) {
    this.#body = body;
    this.#limits = limits;
    this.#parser = new FormParser(headers.get('content-type') ?? '', limits.filesMax, (filename, stream) => {
      const file = new FormFile(stream, () => this.#parseChunk());
      this.#files.push({ filename: cleanFilename(filename), body: file });
    });
  }

  async nextFile(): Promise<UploadedFile | null> {
    while (this.#files.length === 0 && !this.#isComplete) await this.#parseChunk();
    const file = this.#files.shift();
    if (!file) this.#parser.throwIfFailed();
    return file ?? null;
  }

  async fields(): Promise<Record<string, string>> {
    while (!this.#isComplete) await this.#parseChunk();
    this.#parser.throwIfFailed();
    return this.#parser.fields;
  }

  /** Parses the next chunk of the body, or its end. */
  async #parseChunk(): Promise<void> {
    // A file that did not end with the form would ask for chunks forever.
    if (this.#isComplete) this.#parser.fail(malformedForm('The form ended early.'));
    this.#parser.throwIfFailed();
    try {
      const chunk = await this.#body.next();
      if (chunk) await this.#write(chunk);
      else await this.#end();
    } catch (error) {
      this.#parser.fail(error);
    }
    this.#parser.throwIfFailed();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.formMaxBytes) throw tooLarge(this.#limits);
    await this.#parser.write(chunk);
  }

  async #end(): Promise<void> {
    if (this.#bytes === 0) throw fileMissing();
    this.#isComplete = true;
    await this.#parser.end();
  }
}

const tooLarge = ({ formMaxBytes }: FormLimits) =>
  new AppError('payload_too_large', `The form must be at most ${formMaxBytes} bytes.`);
