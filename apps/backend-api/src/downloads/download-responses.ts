import { z } from '@hono/zod-openapi';

const bytes = z.custom<Blob>().openapi({ type: 'string', format: 'binary' });
const etag = { ETag: { description: 'SHA-256 of the bytes; strong.', schema: { type: 'string' as const } } };
const contentRange = {
  'Content-Range': { description: 'Which bytes these are, of how many.', schema: { type: 'string' as const } },
};

/** Names the content in a link; with it the answer may be kept for ever. */
export const versionQuery = z.object({
  v: z.string().max(64).optional().meta({ description: 'Names the content; with it the answer may be kept for ever.' }),
});

/** The same, and what a shared link carries. */
export const thumbnailQuery = versionQuery.extend({
  expires: z.string().max(20).optional().meta({ description: 'Of a shared link: until when, in seconds since 1970.' }),
  signature: z.string().max(64).optional().meta({ description: 'Of a shared link: stands in for the key.' }),
});

/** The conditions that a download honours. */
export const downloadHeaders = z.object({
  'if-none-match': z.string().optional().meta({ description: 'ETags the client has already: 304 when one fits.' }),
  range: z.string().optional().meta({ description: 'One range of bytes.', example: 'bytes=0-1023' }),
  'if-range': z.string().optional().meta({ description: 'The ETag that the range is meant for.' }),
});

/** Declares what a download of one of `types` may answer with, problems aside. */
export function downloadResponses(description: string, types: string[]) {
  const content = Object.fromEntries(types.map((type) => [type, { schema: bytes }]));
  return {
    200: { description, headers: etag, content },
    206: { description: 'The part that was asked for.', headers: { ...etag, ...contentRange }, content },
    302: {
      description: 'With `DOWNLOAD=redirect`: the bytes are there, for five minutes.',
      headers: { Location: { description: 'In the bucket.', schema: { type: 'string' as const } } },
    },
    304: { description: 'The client has it already.', headers: etag },
  };
}
