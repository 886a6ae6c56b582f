import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { AppError } from '@thumbnail-api/errors';

/** A file on its way in. */
export interface Upload {
  filename: string | null;
  /** The bytes, as fast as they are read. Whoever has it reads it to its end or cancels it. */
  body: ReadableStream<Uint8Array>;
  /** The other fields of the form, once all of it has been read; whether they stood before or behind the file. */
  fields: () => Promise<Record<string, string>>;
  /** Stops reading; harmless when everything was read. */
  close: () => void;
}

/** The bounds of a form. */
export interface UploadLimits {
  /** Of the file. */
  uploadMaxBytes: number;
}

const fileFields = ['file', 'image'];
const fieldMaxBytes = 64 * 1024;
const fieldsMax = 50;
/** What a form may weigh beside its file. */
const formOverheadBytes = 1024 * 1024;

/**
 * Begins to read a form and returns at its file. Nothing is buffered: what is not read is not fetched from the client.
 *
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `file_missing`, `malformed_multipart`; `fields` and
 *   `body` throw `too_many_files` and `malformed_multipart` for what comes behind the file
 */
export async function readUpload(request: Request, limits: UploadLimits): Promise<Upload> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new AppError('unsupported_media_type', 'Send multipart/form-data with the picture in a part named file.');
  }
  const declaredBytes = Number(request.headers.get('content-length') ?? 0);
  if (declaredBytes > limits.uploadMaxBytes + formOverheadBytes) throw tooLarge(limits);
  if (!request.body) throw fileMissing();

  const fields: Record<string, string> = Object.create(null);
  const found = Promise.withResolvers<{ filename: string; stream: Readable }>();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  const parser = openParser(contentType);
  const source = Readable.fromWeb(request.body as never);
  let files = 0;
  parser.on('field', (name: string, value: string, _nameTruncated: boolean, valueTruncated: boolean) => {
    if (valueTruncated) parser.destroy(malformed(`The field ${name} is too long.`));
    fields[name] = value;
  });
  parser.on('file', (name: string, stream: BusboyFileStream, filename: string) => {
    files += 1;
    // Whoever reads the body hears of a fault there; one that comes when nobody reads must not end the process.
    stream.on('error', () => undefined);
    if (files > 1) parser.destroy(new AppError('too_many_files', 'Send one file in a request.'));
    else if (fileFields.includes(name)) found.resolve({ filename, stream });
    else parser.destroy(fileMissing());
  });
  parser.on('fieldsLimit', () => parser.destroy(malformed('The form has too many fields.')));
  parser.on('partsLimit', () => parser.destroy(malformed('The form has too many parts.')));
  pipeline(source, parser).then(
    () => {
      found.reject(fileMissing());
      ended.resolve();
    },
    (error) => {
      const fault = error instanceof AppError ? error : malformed('The form ends early or is not well formed.', error);
      found.reject(fault);
      ended.reject(fault);
    },
  );

  const { filename, stream } = await found.promise;
  ended.promise.catch((error) => stream.destroy(error));
  return {
    filename: filename?.slice(0, 255) || null,
    body: Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>,
    fields: () => ended.promise.then(() => fields),
    close: () => source.destroy(),
  };
}

function openParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { fieldSize: fieldMaxBytes, fields: fieldsMax, parts: fieldsMax + fileFields.length, headerPairs: 20 },
    });
  } catch (error) {
    throw malformed('The form has no usable boundary.', error);
  }
}

const fileMissing = () => new AppError('file_missing', 'The form has no file in a part named file or image.');
const malformed = (detail: string, cause?: unknown) => new AppError('malformed_multipart', detail, { cause });
const tooLarge = ({ uploadMaxBytes }: UploadLimits) =>
  new AppError('payload_too_large', `The file is larger than ${uploadMaxBytes} bytes.`);
