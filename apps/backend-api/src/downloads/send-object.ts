import { AppError } from '@thumbnail-api/errors';
import { type ByteRange, contentVersion, type ObjectStore } from '@thumbnail-api/storage';
import { create as contentDisposition } from 'content-disposition';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { streamBody } from '../http/stream-body.ts';
import { parseRange } from './byte-range.ts';

/** An object to send, and how. */
export interface Download {
  key: string;
  type: string;
  bytes: number;
  sha256: string;
  filename: string;
  /** A browser saves an attachment, and may show an inline download on any site. Originals are never inline. */
  disposition: 'inline' | 'attachment';
}

/** Objects up to this size are read whole. Bun buffers more than this of a stream that the client does not read. */
const wholeMaxBytes = 256 * 1024;

/**
 * Sends an object or the range of it that the client requested, with a strong ETag; answers 304 if the client has it cached
 * (RFC 9110, 13 and 14). Its headers keep a browser from running any part of it.
 *
 * @throws AppError `not_found` when the object no longer exists, `range_not_satisfiable`, `storage_unavailable`
 */
export async function sendObject(context: Context<ApiEnv>, store: ObjectStore, download: Download): Promise<Response> {
  const etag = `"${download.sha256}"`;
  context.header('content-security-policy', "default-src 'none'; sandbox");
  context.header('cross-origin-resource-policy', download.disposition === 'inline' ? 'cross-origin' : 'same-origin');
  context.header('accept-ranges', 'bytes');
  const headers = new Headers({ etag, 'cache-control': cacheControl(context.req.query('v'), download.sha256) });
  if (isCached(context.req.header('if-none-match'), etag)) return context.newResponse(null, { status: 304, headers });

  headers.set('content-type', download.type);
  const { filename, disposition: type } = download;
  headers.set('content-disposition', contentDisposition(filename.toWellFormed(), { type }));
  if (context.req.method === 'HEAD') {
    headers.set('content-length', String(download.bytes));
    return context.newResponse(null, { status: 200, headers });
  }
  const range = requestedRange(context, etag, download.bytes);
  const length = range ? range.last - range.first + 1 : download.bytes;
  const body = await openBody(context, store, download, { range, length });
  headers.set('content-length', String(length));
  if (range) headers.set('content-range', `bytes ${range.first}-${range.last}/${download.bytes}`);
  return context.newResponse(body, { status: range ? 206 : 200, headers });
}

/** Small objects are read whole: Bun sends a stream in chunks, without a Content-Length. */
async function openBody(
  context: Context<ApiEnv>,
  store: ObjectStore,
  { key }: Download,
  { range, length }: { range: ByteRange | null; length: number },
): Promise<ArrayBuffer | ReadableStream<Uint8Array>> {
  const object = await store.find(key, { signal: context.req.raw.signal, ...(range && { range }) });
  if (!object) throw new AppError('not_found', 'The file no longer exists.');
  return length <= wholeMaxBytes
    ? new Response(object.body).arrayBuffer()
    : streamBody(context, object.body, context.var.activeDownloads);
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

/** `If-None-Match` is a list of ETags or `*`, compared weakly (RFC 9110, 13.1.2). */
const isCached = (ifNoneMatch: string | undefined, etag: string) =>
  ifNoneMatch?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag) ?? false;
