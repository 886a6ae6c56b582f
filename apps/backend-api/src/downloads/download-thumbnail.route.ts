import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { getJob, getJobOfAnyOwner, type Job } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { versionOf } from '../http/actions.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { idParameter } from '../jobs/id-parameter.ts';
import { downloadHeaders, downloadResponses, thumbnailQuery } from './download-responses.ts';
import { preferredType } from './preferred-type.ts';
import { sendDownload } from './send-download.ts';
import { thumbnailFilename } from './thumbnail-filename.ts';

const types = ['image/webp', 'image/jpeg', 'image/png', 'image/avif'];
const responses = {
  ...downloadResponses('The thumbnail.', types),
  ...problems('unauthorized', 'forbidden', 'not_found', 'not_ready', 'range_not_satisfiable', 'invalid_parameter'),
};

const firstOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobDownload,
    operationId: 'downloadThumbnail',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Download the first thumbnail of a job',
    description: 'Where several formats were made, the first of the format that `Accept` prefers.',
    request: { params: idParameter, query: thumbnailQuery, headers: downloadHeaders },
    responses,
  });

const namedOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobThumbnail,
    operationId: 'downloadNamedThumbnail',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Download one thumbnail of a job',
    request: {
      params: idParameter.extend({ name: z.string().max(64).meta({ example: 'default' }) }),
      query: thumbnailQuery,
      headers: downloadHeaders,
    },
    responses,
  });

/** `GET /jobs/{id}/download` and `GET /jobs/{id}/thumbnails/{name}`. */
export function registerDownloadThumbnail(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(firstOf(deps.paths), async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').id);
    const made = context.var.isShared
      ? findVersion(job, context.req.valid('query').v ?? '')
      : findPreferred(context, job);
    return send(context, deps, job, made ?? raiseAbsent(job));
  });
  app.openapi(namedOf(deps.paths), async (context) => {
    const { id, name } = context.req.valid('param');
    const job = await readJob(context, deps, id);
    const made = job.thumbnails.find((thumbnail) => thumbnail.name === name);
    return send(context, deps, job, made ?? raiseAbsent(job, name));
  });
}

/** A signed link has proved its right to this very path; all others see what is theirs. */
const readJob = ({ var: { isShared, owner } }: Context<ApiEnv>, deps: ApiDeps, id: string): Promise<Job> =>
  isShared ? getJobOfAnyOwner(deps, id) : getJob(deps, { id, owner });

/** A signed link shows the one thumbnail that it was made for, whatever `Accept` prefers. */
const findVersion = ({ thumbnails }: Job, version: string) =>
  thumbnails.find((thumbnail) => versionOf(thumbnail) === version);

function findPreferred(context: Context<ApiEnv>, { thumbnails }: Job): Job['thumbnails'][number] | undefined {
  const [first, ...others] = new Set(thumbnails.map(({ type }) => type));
  if (first === undefined || others.length === 0) return thumbnails[0];
  context.header('vary', 'Accept', { append: true });
  const preferred = preferredType(context, [first, ...others]);
  return thumbnails.find(({ type }) => type === preferred);
}

function send(context: Context<ApiEnv>, deps: ApiDeps, job: Job, thumbnail: Job['thumbnails'][number]) {
  const filename = thumbnailFilename(job, thumbnail);
  return sendDownload(context, deps, { ...thumbnail, filename, disposition: 'inline' });
}

function raiseAbsent(job: Job, name?: string): never {
  const expected = name === undefined || job.specs.some((spec) => spec.name === name);
  if (!expected) throw new AppError('not_found', 'The job has no thumbnail with this name.');
  if (job.status === 'error') throw new AppError('not_found', 'The job has failed and made no thumbnail.');
  throw new AppError('not_ready', 'The job has not ended yet.', { retryAfterSeconds: 1 });
}
