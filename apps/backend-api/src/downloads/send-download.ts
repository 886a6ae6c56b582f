import { AppError } from '@thumbnail-api/errors';
import { create as contentDisposition } from 'content-disposition';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { type Download, sendObject } from './send-object.ts';

/** Long enough to start a download, short enough if the URL leaks. */
const presignedSeconds = 300;

/**
 * Sends an object, or with `DOWNLOAD=redirect` a redirect to a presigned URL with the same filename and type. The object
 * store then handles ranges and conditional requests.
 *
 * @throws AppError as {@link sendObject} does
 */
export async function sendDownload(context: Context<ApiEnv>, deps: ApiDeps, download: Download): Promise<Response> {
  if (!deps.config.downloads.redirect) return sendObject(context, deps, download);
  const { object, type, filename, disposition } = download;
  const url = await deps.store.presign?.(object.key, {
    method: context.req.method === 'HEAD' ? 'HEAD' : 'GET',
    type,
    disposition: contentDisposition(filename.toWellFormed(), { type: disposition }),
    validSeconds: presignedSeconds,
  });
  if (!url) throw new AppError('internal_error', 'The object store cannot presign URLs.');
  context.header('cache-control', 'no-store');
  // Browsers check this header on the redirect too: any site may show a thumbnail, none an original.
  context.header('cross-origin-resource-policy', disposition === 'inline' ? 'cross-origin' : 'same-origin');
  return context.redirect(url, 302);
}
