import { AppError } from '@thumbnail-api/errors';
import { parse as parseDisposition } from 'content-disposition';
import { cleanFilename } from './clean-filename.ts';
import { readForm, type UploadedFile } from './read-form.ts';
import type { UploadRequest } from './upload-slots.ts';

/** One file and its options, on their way in. */
export interface Upload extends UploadedFile {
  /** The options, once all of it has been read; those of the form stand over those of the query. */
  fields: () => Promise<Record<string, string>>;
}

/** The bounds of an upload. */
export interface UploadLimits {
  /** Of the file. */
  uploadMaxBytes: number;
}

/** What a form may weigh beside its file. */
const formOverheadBytes = 1024 * 1024;

/**
 * Begins to read an upload and returns at its file: a form, or the bytes of a picture as they are, with the options in
 * the query. Nothing is buffered.
 *
 * @throws AppError `unsupported_media_type`, `payload_too_large`, and what {@link readForm} throws; `fields` and `body`
 *   throw for what comes behind the file
 */
export async function readUpload(request: UploadRequest, limits: UploadLimits): Promise<Upload> {
  const type = request.headers.get('content-type') ?? '';
  const query = Object.fromEntries(new URL(request.url).searchParams);
  if (/^image\/[\w.+*-]+\s*(?:;|$)/i.test(type)) return readRaw(request, query, limits);
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new AppError(
      'unsupported_media_type',
      'Send multipart/form-data with the picture in a part named file, or its bytes as image/*.',
    );
  }
  const form = readForm(request, { filesMax: 1, formMaxBytes: limits.uploadMaxBytes + formOverheadBytes });
  const file = await form.nextFile();
  if (!file) throw new AppError('file_missing', 'The form has no file in a part named file or image.');
  return { ...file, fields: async () => ({ ...query, ...(await form.fields()) }) };
}

function readRaw(request: UploadRequest, query: Record<string, string>, { uploadMaxBytes }: UploadLimits): Upload {
  if (Number(request.headers.get('content-length') ?? 0) > uploadMaxBytes) {
    throw new AppError('payload_too_large', `The file is larger than ${uploadMaxBytes} bytes.`);
  }
  const disposition = parseDisposition(request.headers.get('content-disposition') ?? '');
  return {
    filename: cleanFilename(disposition.parameters.filename?.split(/[/\\]/).at(-1)),
    body: request.body,
    fields: async () => query,
  };
}
