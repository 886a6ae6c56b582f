import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getJob } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { downloadHeaders, downloadResponses, versionQuery } from '../http/download-responses.ts';
import { idParameter } from '../http/id-parameter.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { sendObject } from '../http/send-object.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobOriginal,
    operationId: 'getOriginal',
    tags: ['Jobs'],
    summary: 'Download the image that was sent, unchanged',
    request: { params: idParameter, query: versionQuery, headers: downloadHeaders },
    responses: {
      ...downloadResponses('The original, always as an attachment.', ['image/*']),
      ...problems(404, 416, 422, 500, 503),
    },
  });

/** `GET /jobs/{id}/original`. Bytes of a stranger: never shown in place, whatever their type. */
export function registerGetOriginal(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
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
