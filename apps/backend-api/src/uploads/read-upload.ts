import { AppError } from '@thumbnail-api/errors';
import type { CreateJobLimits } from '@thumbnail-api/jobs';
import { parse as parseDisposition } from 'content-disposition';
import type { ApiDeps } from '../deps.ts';
import { joinFields, readQuery } from '../http/read-query.ts';
import { cleanFilename } from './clean-filename.ts';
import { fileMissing } from './form-parser.ts';
import { isForm, readForm, type UploadedFile } from './read-form.ts';
import type { UploadRequest } from './upload-slots.ts';

/** One file and its options. */
export interface Upload extends UploadedFile {
  /** Reads the rest of the upload and returns the options, of the form and of the query. */
  fields: () => Promise<Record<string, string>>;
}

/** What a form may contain in addition to its file. */
const formOverheadBytes = 1024 * 1024;

/**
 * Starts to read an upload up to its file: a form, or the bytes of an image with the options in the query. Nothing is
 * buffered.
 *
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `invalid_parameter` (a repeated option), and what {@link readForm} throws. So do `fields` and
 *   `body`
 */
export async function readUpload(
  request: UploadRequest,
  { uploadMaxBytes }: Pick<CreateJobLimits, 'uploadMaxBytes'>,
): Promise<Upload> {
  const query = readQuery(request.url);
  if (/^image\/[\w.+*-]+\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return readRaw(request, query, uploadMaxBytes);
  }
  if (!isForm(request.headers)) {
    throw new AppError(
      'unsupported_media_type',
      'Send multipart/form-data with the image in a part named file, or the bytes of the image as image/*.',
    );
  }
  const form = readForm(request, { filesMax: 1, formMaxBytes: uploadMaxBytes + formOverheadBytes });
  const file = await form.nextFile();
  if (!file) throw fileMissing();
  return { ...file, fields: async () => joinFields(query, await form.fields()) };
}

function readRaw({ headers, body }: UploadRequest, query: Record<string, string>, uploadMaxBytes: number): Upload {
  if (Number(headers.get('content-length') ?? 0) > uploadMaxBytes) {
    throw new AppError('payload_too_large', `The file must be at most ${uploadMaxBytes} bytes.`);
  }
  const disposition = parseDisposition(headers.get('content-disposition') ?? '');
  const filename = cleanFilename(disposition.parameters.filename?.split(/[/\\]/).at(-1));
  return { filename, body, fields: async () => query };
}

/** The limits of one uploaded file. */
export const uploadLimits = ({
  upload,
  images,
  bounds,
}: Pick<ApiDeps['config'], 'upload' | 'images' | 'bounds'>): CreateJobLimits => ({
  ...images,
  bounds,
  uploadMaxBytes: upload.maxBytes,
  uploadDeadlineMs: upload.deadlineMs,
});
