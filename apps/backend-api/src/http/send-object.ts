import { AppError } from '@thumbnail-api/errors';
import type { ObjectStore } from '@thumbnail-api/storage';
import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';

/** An object as it is handed out. */
export interface Download {
  key: string;
  type: string;
  bytes: number;
  sha256: string;
  filename: string;
  /** An attachment is saved; what is inline may be shown. Originals are never inline. */
  disposition: 'inline' | 'attachment';
}

/**
 * Streams an object to the client: strong ETag, 304 where the client has it, nothing in it may run in a browser.
 *
 * @throws AppError `not_found` when the object is gone, `storage_unavailable`
 */
export async function sendObject(context: Context<ApiEnv>, store: ObjectStore, download: Download): Promise<Response> {
  const headers = new Headers({
    etag: `"${download.sha256}"`,
    'cache-control': cacheControl(context.req.query('v'), download.sha256),
    'content-type': download.type,
    'content-disposition': contentDisposition(download),
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
  });
  if (matches(context.req.header('if-none-match'), download.sha256)) {
    return context.newResponse(null, { status: 304, headers });
  }
  headers.set('content-length', String(download.bytes));
  if (context.req.method === 'HEAD') return context.newResponse(null, { status: 200, headers });
  const object = await store.find(download.key, { signal: context.req.raw.signal });
  if (!object) throw new AppError('not_found', 'The file is gone.');
  return context.newResponse(object.body, { status: 200, headers });
}

/** Only a link that names the content may be kept for ever. */
const cacheControl = (version: string | undefined, sha256: string) =>
  version === sha256.slice(0, 16) ? 'private, max-age=31536000, immutable' : 'private, no-cache';

/** RFC 9110, 13.1.2: a list of tags or `*`, compared weakly. */
const matches = (ifNoneMatch: string | undefined, sha256: string) =>
  ifNoneMatch?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === `"${sha256}"`) ??
  false;

/** RFC 6266 with RFC 8187: a plain name for old clients, the real one for the others. */
function contentDisposition({ filename, disposition }: Download): string {
  const plain = filename.replace(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
