import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@thumbnail-api/errors';
import { fileBody } from './file-body.ts';
import type { UploadRequest } from './upload-slots.ts';

/** A file on its way in. */
export interface UploadedFile {
  /** As the client named it, at most 255 characters. */
  filename: string | null;
  /** The bytes, as fast as they are read. Whoever has it reads it to its end or cancels it. */
  body: ReadableStream<Uint8Array>;
}

/** A form on its way in. */
export interface Form {
  /** The next file, once the one before it was read or cancelled; null when there is none any more. */
  nextFile: () => Promise<UploadedFile | null>;
  /** The other fields, once all of the form was read; whether they stood before or behind the files. */
  fields: () => Promise<Record<string, string>>;
  /** Stops reading; harmless when everything was read. */
  close: () => void;
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
 * Begins to read a form. Nothing is buffered: what is not read is not fetched from the client.
 *
 * @throws AppError `payload_too_large`, `malformed_multipart`; so do `nextFile`, `fields` and every body, with `too_many_files`
 *   and `file_missing` (a file in a part of another name, or no file at all), for what comes later
 */
export function readForm(request: UploadRequest, limits: FormLimits): Form {
  const tooLarge = () => new AppError('payload_too_large', `The form is larger than ${limits.formMaxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limits.formMaxBytes) throw tooLarge();
  if (!request.body) throw fileMissing();
  const parser = openParser(request.headers.get('content-type') ?? '', limits);
  const fields: Record<string, string> = Object.create(null);
  const files = openHandover<UploadedFile>();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  let count = 0;

  parser.on('field', (name: string, value: string, _nameTruncated: boolean, valueTruncated: boolean) => {
    if (valueTruncated) parser.destroy(malformed(`The field ${name} is too long.`));
    fields[name] = value;
  });
  parser.on('file', (name: string, stream: BusboyFileStream, filename: string) => {
    count += 1;
    // Whoever reads the body hears of a fault there; one that comes when nobody reads must not end the process.
    stream.on('error', () => undefined);
    ended.promise.catch((error) => stream.destroy(error));
    if (count > limits.filesMax) parser.destroy(tooMany(limits));
    else if (!fileFields.includes(name)) parser.destroy(fileMissing());
    else files.give({ filename: filename?.slice(0, 255) || null, body: fileBody(stream) });
  });
  parser.on('fieldsLimit', () => parser.destroy(malformed('The form has too many fields.')));
  parser.on('partsLimit', () => parser.destroy(malformed('The form has too many parts.')));
  const source = Readable.fromWeb(request.body as never);
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limits.formMaxBytes) throw tooLarge();
      yield chunk;
    }
  };
  pipeline(source, counted, parser).then(ended.resolve, (error) => {
    const known = error instanceof AppError;
    ended.reject(known ? error : malformed('The form ends early or is not well formed.', error));
  });
  ended.promise.then(
    () => (count === 0 ? files.end(fileMissing()) : files.end()),
    (error) => files.end(error),
  );
  return { nextFile: files.take, fields: () => ended.promise.then(() => fields), close: () => source.destroy() };
}

/** Hands things over one by one; whoever takes waits for whoever gives. */
function openHandover<T>() {
  const given: T[] = [];
  let changed = Promise.withResolvers<void>();
  let end: { error?: unknown } | null = null;
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  return {
    give: (thing: T) => {
      given.push(thing);
      wake();
    },
    end: (error?: unknown) => {
      end = error === undefined ? {} : { error };
      wake();
    },
    take: async (): Promise<T | null> => {
      while (given.length === 0 && !end) await changed.promise;
      if (end?.error) throw end.error;
      return given.shift() ?? null;
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
