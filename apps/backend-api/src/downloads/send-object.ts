import { AppError } from '@thumbnail-api/errors';
import { contentVersion } from '@thumbnail-api/storage';
import { create as contentDisposition } from 'content-disposition';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { isCached } from '../http/is-cached.ts';
import { streamBody } from '../http/stream-body.ts';
import { parseRange } from './byte-range.ts';
import { type NamedObject, openObject } from './open-object.ts';

/** An object to send, and how. */
export interface Download {
  object: NamedObject;
  type: string;
  filename: string;
  /** A browser saves an attachment, and may show an inline download on any site. Originals are never inline. */
  disposition: 'inline' | 'attachment';
}

/**
 * Sends an object or the range of it that the client requested, with a strong ETag; answers 304 if the client has it cached
 * (RFC 9110, 13 and 14). Its headers keep a browser from running any part of it.
 *
 * @throws AppError `range_not_satisfiable`, and as {@link openObject} does
 */
export async function sendObject(
  context: Context<ApiEnv>,
  deps: Pick<ApiDeps, 'store' | 'metrics'>,
  download: Download,
): Promise<Response> {
  const { bytes, sha256 } = download.object.content;
  const etag = `"${sha256}"`;
  context.header('content-security-policy', "default-src 'none'; sandbox");
  context.header('cross-origin-resource-policy', download.disposition === 'inline' ? 'cross-origin' : 'same-origin');
  context.header('accept-ranges', 'bytes');
  const headers = new Headers({ etag, 'cache-control': cacheControl(context.req.query('v'), sha256) });
  if (isCached(context.req.header('if-none-match'), etag)) return context.newResponse(null, { status: 304, headers });

  headers.set('content-type', download.type);
  const { filename, disposition: type } = download;
  headers.set('content-disposition', contentDisposition(filename.toWellFormed(), { type }));
  if (context.req.method === 'HEAD') {
    headers.set('content-length', String(bytes));
    return context.newResponse(null, { status: 200, headers });
  }
  const range = requestedRange(context, etag, bytes);
  const length = range ? range.last - range.first + 1 : bytes;
  context.var.turn.release();
  // Small objects are sent as bytes: Bun sends a stream in chunks, without a Content-Length.
  const opened = await openObject(deps, download.object, {
    range,
    signal: context.req.raw.signal,
    log: context.var.log,
  });
  const body = opened instanceof ReadableStream ? streamBody(context, opened, context.var.activeDownloads) : opened;
  headers.set('content-length', String(length));
  if (range) headers.set('content-range', `bytes ${range.first}-${range.last}/${bytes}`);
  return context.newResponse(body, { status: range ? 206 : 200, headers });
}

/** Null for the whole object. `If-Range` compares strongly; a date never matches, because no `Last-Modified` is sent. */
function requestedRange(context: Context<ApiEnv>, etag: string, bytes: number) {
  const condition = context.req.header('if-range');
  const range = condition && condition.trim() !== etag ? 'all' : parseRange(context.req.header('range'), bytes);
  if (range !== 'unsatisfiable') return range === 'all' ? null : range;
  context.header('content-range', `bytes */${bytes}`);
  throw new AppError('range_not_satisfiable', `The range is outside the file, which has ${bytes} bytes.`);
}

/** Only a response to a link that identifies the content may be cached forever. */
const cacheControl = (version: string | undefined, sha256: string) =>
  version === contentVersion(sha256) ? 'private, max-age=31536000, immutable' : 'private, no-cache';
