import { AppError } from '@thumbnail-api/errors';
import { create as contentDisposition } from 'content-disposition';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { type Download, sendObject } from './send-object.ts';

/** Long enough to begin a download, short enough for a link that gets about. */
const validSeconds = 300;

/**
 * Hands out an object: its bytes, or with `DOWNLOAD=redirect` a redirect to the bucket under the same name and type, on
 * which conditions and ranges are the bucket's affair.
 *
 * @throws AppError as {@link sendObject} does
 */
export async function sendDownload(
  context: Context<ApiEnv>,
  { store, config }: ApiDeps,
  download: Download,
): Promise<Response> {
  if (!config.downloads.redirect) return sendObject(context, store, download);
  const { key, type, filename, disposition } = download;
  const url = await store.presign?.(key, {
    method: context.req.method === 'HEAD' ? 'HEAD' : 'GET',
    type,
    disposition: contentDisposition(filename.toWellFormed(), { type: disposition }),
    validSeconds,
  });
  if (!url) throw new AppError('internal_error', 'This store has no addresses of its own.');
  context.header('cache-control', 'no-store');
  // A browser asks this of the redirect as well: a thumbnail may be shown on any site, an original on none.
  context.header('cross-origin-resource-policy', disposition === 'inline' ? 'cross-origin' : 'same-origin');
  return context.redirect(url, 302);
}
