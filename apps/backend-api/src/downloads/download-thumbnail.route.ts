import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { anyOwner, getJob, type Job, type Thumbnail } from '@thumbnail-api/jobs';
import { contentVersion } from '@thumbnail-api/storage';
import { thumbnailTypes } from '@thumbnail-api/thumbnail-spec';
import type { Context } from 'hono';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { jobIdParameter } from '../jobs/job-schema.ts';
import { downloadHeaders, downloadResponses, thumbnailQuery } from './download-responses.ts';
import { namedThumbnail } from './named-thumbnail.ts';
import { preferredType } from './preferred-type.ts';
import { sendDownload } from './send-download.ts';
import { thumbnailFilename } from './thumbnail-filename.ts';

const responses = {
  ...downloadResponses('The thumbnail.', thumbnailTypes),
  ...problems(
    'unauthorized',
    'forbidden',
    'not_found',
    'not_ready',
    'range_not_satisfiable',
    'invalid_parameter',
    'storage_damaged',
  ),
};

const firstRouteOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobDownload,
    operationId: 'downloadThumbnail',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Download the first thumbnail of a job',
    description: 'If the job made several formats, `Accept` selects the format.',
    request: { params: jobIdParameter, query: thumbnailQuery, headers: downloadHeaders },
    responses,
  });

const namedRouteOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobThumbnail,
    operationId: 'downloadNamedThumbnail',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Download a thumbnail of a job by its name',
    request: {
      params: jobIdParameter.extend({
        name: z.string().max(64, { error: 'must be at most 64 characters' }).meta({ example: 'default' }),
      }),
      query: thumbnailQuery,
      headers: downloadHeaders,
    },
    responses,
  });

/** `GET /jobs/{id}/download` and `GET /jobs/{id}/thumbnails/{name}`. */
export function registerDownloadThumbnail(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(firstRouteOf(deps.paths), async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').id);
    const thumbnail = context.var.isShared
      ? findVersion(job, context.req.valid('query').v ?? '')
      : findPreferred(context, job);
    return send(context, deps, job, thumbnail ?? throwMissing(job));
  });
  app.openapi(namedRouteOf(deps.paths), async (context) => {
    const { id, name } = context.req.valid('param');
    const job = await readJob(context, deps, id);
    const thumbnail = job.thumbnails.find((each) => each.name === name);
    return send(context, deps, job, thumbnail ?? throwMissing(job, name));
  });
}

/** A signed link gives access to this path whatever the owner; every other caller reads only its own jobs. */
const readJob = ({ var: { isShared, visibleOwner } }: Context<ApiEnv>, deps: ApiDeps, id: string): Promise<Job> =>
  getJob(deps, { id, owner: isShared ? anyOwner : visibleOwner });

/** The thumbnail that a signed link was created for, whatever `Accept` prefers. */
const findVersion = ({ thumbnails }: Job, version: string) =>
  thumbnails.find(({ sha256 }) => contentVersion(sha256) === version);

function findPreferred(context: Context<ApiEnv>, { thumbnails }: Job): Thumbnail | undefined {
  const [first, ...others] = new Set(thumbnails.map(({ type }) => type));
  if (first === undefined || others.length === 0) return thumbnails[0];
  context.header('vary', 'Accept', { append: true });
  const preferred = preferredType(context, [first, ...others]);
  return thumbnails.find(({ type }) => type === preferred);
}

function send(context: Context<ApiEnv>, deps: ApiDeps, job: Job, thumbnail: Thumbnail) {
  return sendDownload(context, deps, {
    object: namedThumbnail(deps, thumbnail),
    type: thumbnail.type,
    filename: thumbnailFilename(job, thumbnail),
    disposition: 'inline',
  });
}

function throwMissing(job: Job, name?: string): never {
  const isRequested = name === undefined || job.specs.some((spec) => spec.name === name);
  if (!isRequested) throw new AppError('not_found', 'The job has no thumbnail with this name.');
  if (job.status === 'error') throw new AppError('not_found', 'The job failed and has no thumbnails.');
  throw new AppError('not_ready', 'The job has not ended. Try again later.', { retryAfterSeconds: 1 });
}
