import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getImage, getJob, type Job } from '@thumbnail-api/jobs';
import { originalKey } from '@thumbnail-api/storage';
import type { Context } from 'hono';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { imageIdParameter } from '../images/image-schema.ts';
import { jobIdParameter } from '../jobs/job-schema.ts';
import { downloadHeaders, downloadResponses, versionQuery } from './download-responses.ts';
import type { NamedObject } from './open-object.ts';
import { originalFilename } from './original-filename.ts';
import { sendDownload } from './send-download.ts';

const summary = 'Download the original image, unchanged';
const responses = {
  ...downloadResponses('The original, as an attachment.', ['image/*']),
  ...problems('unauthorized', 'not_found', 'range_not_satisfiable', 'invalid_parameter', 'storage_damaged'),
};

const jobRouteOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobOriginal,
    operationId: 'getOriginal',
    ...needs('read'),
    tags: ['Jobs'],
    summary,
    request: { params: jobIdParameter, query: versionQuery, headers: downloadHeaders },
    responses,
  });

const imageRouteOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.imageOriginal,
    operationId: 'getImageOriginal',
    ...needs('read'),
    tags: ['Images'],
    summary,
    request: { params: imageIdParameter, query: versionQuery, headers: downloadHeaders },
    responses,
  });

/** `GET /jobs/{id}/original` and `GET /images/{id}/original`. */
export function registerGetOriginal(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(jobRouteOf(deps.paths), async (context) => {
    const { image } = await getJob(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    return send(context, deps, image);
  });
  app.openapi(imageRouteOf(deps.paths), async (context) =>
    send(context, deps, await getImage(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner })),
  );
}

/** Always an attachment: the bytes are not trusted, so a browser must not show them on the origin of the API. */
function send(context: Context<ApiEnv>, deps: ApiDeps, image: Job['image']): Promise<Response> {
  const filename = originalFilename(image);
  const { id, owner, type, bytes, sha256, checksum } = image;
  const object: NamedObject = {
    key: originalKey(id),
    kind: 'original',
    content: { bytes, sha256, checksum },
    readRow: () => getImage(deps, { id, owner }),
  };
  return sendDownload(context, deps, { object, type, filename, disposition: 'attachment' });
}
