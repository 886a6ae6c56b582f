import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';
import { cleanFilename } from './clean-filename.ts';
import { formFileBody } from './form-file-body.ts';
import type { UploadRequest } from './upload-slots.ts';

/** A file on its way in. */
export interface UploadedFile {
  /** As the client named it, at most 255 characters. */
  filename: string | null;
  /** The bytes, fetched as they are read. What is cancelled is dropped, when what stands behind it is asked for. */
  body: ByteSource;
}

/** A form on its way in; one thing is asked of it at a time. */
export interface Form {
  /** The next file, once the one before it was read or cancelled; null when there is none any more. */
  nextFile: () => Promise<UploadedFile | null>;
  /** The other fields, once all of the form was read; whether they stood before or behind the files. */
  fields: () => Promise<Record<string, string>>;
}

/** The bounds of a form. */
export interface FormLimits {
  filesMax: number;
  /** Of the whole form. */
  formMaxBytes: number;
}

const fileFields = ['file', 'image', 'files', 'images'];
const fieldMaxBytes = 64 * 1024;
const fieldsMax = 50;

/**
 * Begins to read a form. Nothing is read ahead: who asks for a file, its bytes or the fields fetches the next piece from the
 * client, and the parser is given one piece at a time.
 *
 * @throws AppError `payload_too_large`, `malformed_multipart`; so do `nextFile`, `fields` and every body, with `too_many_files`
 *   and `file_missing` (a file in a part of another name, or no file at all), for what comes later
 */
export function readForm(request: UploadRequest, limits: FormLimits): Form {
  const tooLarge = () => new AppError('payload_too_large', `The form is larger than ${limits.formMaxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limits.formMaxBytes) throw tooLarge();
  const parser = openParser(request.headers.get('content-type') ?? '', limits);
  const fields: Record<string, string> = Object.create(null);
  const files: UploadedFile[] = [];
  let fault: unknown;
  let bytes = 0;
  let count = 0;
  let isRead = false;

  const refuse = (error: unknown) => {
    fault ??= error;
  };
  const notWellFormed = (error: unknown) => refuse(malformed('The form ends early or is not well formed.', error));
  const over = once(parser, 'finish').catch(notWellFormed);
  parser.on('error', notWellFormed);
  parser.on('field', (name: string, value: string, _nameTruncated: boolean, valueTruncated: boolean) => {
    if (valueTruncated) refuse(malformed(`The field ${name} is too long.`));
    fields[name] = value;
  });
  parser.on('file', (name: string, stream: BusboyFileStream, filename: string) => {
    count += 1;
    if (count > limits.filesMax) refuse(tooMany(limits));
    else if (!fileFields.includes(name)) refuse(fileMissing());
    files.push({ filename: cleanFilename(filename), body: formFileBody(stream, feed) });
  });
  parser.on('fieldsLimit', () => refuse(malformed('The form has too many fields.')));
  parser.on('partsLimit', () => refuse(malformed('The form has too many parts.')));

  /** Gives the parser the next piece of the form, or tells it that there is none any more. */
  async function feed(): Promise<void> {
    // Whoever still misses something at the end would ask for ever.
    if (isRead) refuse(malformed('The form ends early.'));
    if (fault) throw fault;
    try {
      const piece = await request.body.next();
      bytes += piece?.length ?? 0;
      if (bytes > limits.formMaxBytes) throw tooLarge();
      if (piece) await write(piece);
      else await end();
    } catch (error) {
      refuse(error);
    }
    if (fault) throw fault;
  }
  /** Returns when nothing of the piece is on its way within the parser any more, whose streams hand on in later ticks. */
  async function write(piece: Uint8Array) {
    // One that fails may never say that it has taken the piece.
    await Promise.race([new Promise((taken) => parser.write(piece, taken)), over]);
    await setImmediate();
  }
  async function end() {
    if (bytes === 0) throw fileMissing();
    isRead = true;
    parser.end();
    await over;
    if (count === 0) throw fileMissing();
  }
  return {
    async nextFile() {
      while (files.length === 0 && !isRead) await feed();
      const file = files.shift() ?? null;
      if (!file && fault) throw fault;
      return file;
    },
    async fields() {
      while (!isRead) await feed();
      if (fault) throw fault;
      return fields;
    },
  };
}

function openParser(contentType: string, { filesMax }: FormLimits): BusboyInstance {
  const parts = fieldsMax + filesMax + 1;
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { fieldSize: fieldMaxBytes, fields: fieldsMax, parts, headerPairs: 20 },
    });
  } catch (error) {
    throw malformed('The form has no usable boundary.', error);
  }
}

const fileMissing = () => new AppError('file_missing', 'The form has no file in a part named file or image.');
const malformed = (detail: string, cause?: unknown) => new AppError('malformed_multipart', detail, { cause });
const tooMany = ({ filesMax }: FormLimits) =>
  new AppError('too_many_files', filesMax === 1 ? 'Send one file in a request.' : `Send at most ${filesMax} files.`);
