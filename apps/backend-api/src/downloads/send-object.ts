import { AppError } from '@thumbnail-api/errors';
import type { ByteRange, ObjectStore } from '@thumbnail-api/storage';
import { create as contentDisposition } from 'content-disposition';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { streamDownload } from '../http/stream-body.ts';
import { parseRange } from './byte-range.ts';

/** An object as it is handed out. */
export interface Download {
  key: string;
  type: string;
  bytes: number;
  sha256: string;
  filename: string;
  /** An attachment is saved; what is inline may be shown, on any site. Originals are never inline. */
  disposition: 'inline' | 'attachment';
}

/** Less than Bun holds of a stream that nobody takes. */
const wholeMaxBytes = 256 * 1024;

/**
 * Hands an object to the client, or the one part of it that `Range` asks for: strong ETag, 304 where the client has it
 * (RFC 9110, 13 and 14). Nothing in it may run in a browser.
 *
 * @throws AppError `not_found` when the object is gone, `range_not_satisfiable`, `storage_unavailable`
 */
export async function sendObject(context: Context<ApiEnv>, store: ObjectStore, download: Download): Promise<Response> {
  const etag = `"${download.sha256}"`;
  context.header('content-security-policy', "default-src 'none'; sandbox");
  context.header('cross-origin-resource-policy', download.disposition === 'inline' ? 'cross-origin' : 'same-origin');
  context.header('accept-ranges', 'bytes');
  const headers = new Headers({ etag, 'cache-control': cacheControl(context.req.query('v'), download.sha256) });
  if (matches(context.req.header('if-none-match'), etag)) return context.newResponse(null, { status: 304, headers });

  headers.set('content-type', download.type);
  const { filename, disposition: type } = download;
  headers.set('content-disposition', contentDisposition(filename.toWellFormed(), { type }));
  if (context.req.method === 'HEAD') {
    headers.set('content-length', String(download.bytes));
    return context.newResponse(null, { status: 200, headers });
  }
  const range = wantedRange(context, etag, download.bytes);
  const length = range ? range.last - range.first + 1 : download.bytes;
  const body = await openBody(context, store, download, { range, length });
  headers.set('content-length', String(length));
  if (range) headers.set('content-range', `bytes ${range.first}-${range.last}/${download.bytes}`);
  return context.newResponse(body, { status: range ? 206 : 200, headers });
}

/** Whole where it is small: Bun sends a stream in chunks, and the client learns no length. */
async function openBody(
  context: Context<ApiEnv>,
  store: ObjectStore,
  { key }: Download,
  { range, length }: { range: ByteRange | null; length: number },
): Promise<ArrayBuffer | ReadableStream<Uint8Array>> {
  const object = await store.find(key, { signal: context.req.raw.signal, ...(range && { range }) });
  if (!object) throw new AppError('not_found', 'The file is gone.');
  return length <= wholeMaxBytes ? new Response(object.body).arrayBuffer() : streamDownload(context, object.body);
}

/** Null for everything. `If-Range` compares strongly; a date never matches, since no `Last-Modified` is sent. */
function wantedRange(context: Context<ApiEnv>, etag: string, bytes: number) {
  const condition = context.req.header('if-range');
  const range = condition && condition.trim() !== etag ? 'all' : parseRange(context.req.header('range'), bytes);
  if (range !== 'unsatisfiable') return range === 'all' ? null : range;
  context.header('content-range', `bytes */${bytes}`);
  throw new AppError('range_not_satisfiable', `The file has ${bytes} bytes.`);
}

/** Only a link that names the content may be kept for ever. */
const cacheControl = (version: string | undefined, sha256: string) =>
  version === sha256.slice(0, 16) ? 'private, max-age=31536000, immutable' : 'private, no-cache';

/** RFC 9110, 13.1.2: a list of tags or `*`, compared weakly. */
const matches = (ifNoneMatch: string | undefined, etag: string) =>
  ifNoneMatch?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag) ?? false;
