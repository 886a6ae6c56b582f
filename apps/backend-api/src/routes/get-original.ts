import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { getJob } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idParameter } from '../http/id-parameter.ts';
import { paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { sendObject } from '../http/send-object.ts';

const route = createRoute({
  method: 'get',
  path: paths.jobOriginal,
  operationId: 'getOriginal',
  tags: ['Jobs'],
  summary: 'Download the image that was sent, unchanged',
  request: { params: idParameter },
  responses: {
    200: {
      description: 'The original, always as an attachment.',
      headers: { ETag: { description: 'SHA-256 of the bytes.', schema: { type: 'string' } } },
      content: { 'image/*': { schema: z.custom<Blob>().openapi({ type: 'string', format: 'binary' }) } },
    },
    304: { description: 'The client has it already.' },
    ...problems(404, 422, 503),
  },
});

/** `GET /jobs/{id}/original`. Bytes of a stranger: never shown in place, whatever their type. */
export function registerGetOriginal(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(route, async (context) => {
    const { image } = await getJob(deps, context.req.valid('param').id);
    const filename = image.filename ?? `original.${image.type.slice('image/'.length).replace('+xml', '')}`;
    return sendObject(context, deps.store, {
      ...image,
      key: originalKey(image.id),
      filename,
      disposition: 'attachment',
    });
  });
}
