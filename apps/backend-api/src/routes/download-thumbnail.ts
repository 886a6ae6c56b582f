import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { getJob, type Job } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idParameter } from '../http/id-parameter.ts';
import { paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { sendObject } from '../http/send-object.ts';

const bytes = z.custom<Blob>().openapi({ type: 'string', format: 'binary' });
const versionQuery = z.object({
  v: z.string().optional().meta({ description: 'Names the content; with it the answer may be kept for ever.' }),
});
const responses = {
  200: {
    description: 'The thumbnail.',
    headers: { ETag: { description: 'SHA-256 of the bytes.', schema: { type: 'string' as const } } },
    content: {
      'image/webp': { schema: bytes },
      'image/jpeg': { schema: bytes },
      'image/png': { schema: bytes },
      'image/avif': { schema: bytes },
    },
  },
  304: { description: 'The client has it already.' },
  ...problems(404, 409, 422, 503),
};

const firstRoute = createRoute({
  method: 'get',
  path: paths.jobDownload,
  operationId: 'downloadThumbnail',
  tags: ['Jobs'],
  summary: 'Download the first thumbnail of a job',
  request: { params: idParameter, query: versionQuery },
  responses,
});

const namedRoute = createRoute({
  method: 'get',
  path: paths.jobThumbnail,
  operationId: 'downloadNamedThumbnail',
  tags: ['Jobs'],
  summary: 'Download one thumbnail of a job',
  request: { params: idParameter.extend({ name: z.string().max(64) }), query: versionQuery },
  responses,
});

/** `GET /jobs/{id}/download` and `GET /jobs/{id}/thumbnails/{name}`. */
export function registerDownloadThumbnail(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(firstRoute, async (context) => send(context, deps, await getJob(deps, context.req.valid('param').id)));
  app.openapi(namedRoute, async (context) => {
    const { id, name } = context.req.valid('param');
    return send(context, deps, await getJob(deps, id), name);
  });
}

function send(context: Context<ApiEnv>, { store }: ApiDeps, job: Job, name?: string): Promise<Response> {
  const thumbnail = name === undefined ? job.thumbnails[0] : job.thumbnails.find((made) => made.name === name);
  if (!thumbnail) throw absent(job, name);
  const stem = (job.image.filename ?? 'thumbnail').replace(/\.[^.]*$/, '');
  const extension = thumbnail.type.slice('image/'.length);
  const filename = `${stem}-${thumbnail.width}x${thumbnail.height}.${extension}`;
  return sendObject(context, store, { ...thumbnail, filename, disposition: 'inline' });
}

function absent(job: Job, name: string | undefined): AppError {
  const expected = name === undefined || job.specs.some((spec) => spec.name === name);
  if (!expected) return new AppError('not_found', 'The job has no thumbnail with this name.');
  return job.status === 'error'
    ? new AppError('not_found', 'The job has failed and made no thumbnail.')
    : new AppError('not_ready', 'The job has not ended yet.');
}
