import { z } from '@hono/zod-openapi';

const bytes = z.custom<Blob>().openapi({ type: 'string', format: 'binary' });
const etag = { ETag: { description: 'The SHA-256 of the bytes, a strong ETag.', schema: { type: 'string' as const } } };
const contentRange = {
  'Content-Range': {
    description: 'The position of these bytes, and the length of the file.',
    schema: { type: 'string' as const },
  },
};

const once = { error: 'must be sent once' };
const atMost = (characters: number) => ({ error: `must be at most ${characters} characters` });

/** The query of a download, for the OpenAPI document. */
export const versionQuery = z.object({
  v: z
    .string(once)
    .max(64, atMost(64))
    .optional()
    .meta({ description: 'Identifies the content. Only a response to a link with it may be cached forever.' }),
});

/** The query of a thumbnail download, which may be a shared link. */
export const thumbnailQuery = versionQuery.extend({
  expires: z
    .string(once)
    .max(20, atMost(20))
    .optional()
    .meta({ description: 'When a shared link expires, in seconds since the Unix epoch.' }),
  signature: z
    .string(once)
    .max(64, atMost(64))
    .optional()
    .meta({ description: 'The signature of a shared link; it replaces the key.' }),
});

/** The conditional and range headers that a download supports. */
export const downloadHeaders = z.object({
  'if-none-match': z
    .string()
    .optional()
    .meta({ description: 'ETags that the client has cached. Answers 304 if one of them matches.' }),
  range: z.string().optional().meta({ description: 'One range of bytes.', example: 'bytes=0-1023' }),
  'if-range': z
    .string()
    .optional()
    .meta({ description: 'The ETag that the range applies to. With another ETag, the range is ignored.' }),
});

/** Declares the responses of a download of one of `types` for the OpenAPI document, without problems. */
export function downloadResponses(description: string, types: string[]) {
  const content = Object.fromEntries(types.map((type) => [type, { schema: bytes }]));
  return {
    200: { description, headers: etag, content },
    206: { description: 'The requested range.', headers: { ...etag, ...contentRange }, content },
    302: {
      description: 'A redirect to the object store, with `DOWNLOAD=redirect`. The URL is valid for five minutes.',
      headers: { Location: { description: 'A presigned URL.', schema: { type: 'string' as const } } },
    },
    304: { description: 'The copy that the client has cached is current.', headers: etag },
  };
}
