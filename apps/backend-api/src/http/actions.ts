import { z } from '@hono/zod-openapi';
import type { Secret } from '@thumbnail-api/config';
import type { KeyScope } from '@thumbnail-api/db';
import { type Batch, type Image, isRetryable, type Job, type Thumbnail } from '@thumbnail-api/jobs';
import { nextExpiry, signQuery } from '../access/signed-link.ts';
import { fillPath, type PathName, type Paths } from './paths.ts';

/** A link in an answer. */
export const actionSchema = z
  .object({
    name: z.string().meta({ description: 'What following it does.', example: 'View Details' }),
    method: z.enum(['GET', 'POST', 'DELETE']),
    href: z.url().meta({ description: 'Where to; absolute.' }),
    type: z.string().meta({ description: 'For GET the media type that comes back, else the one to send.' }),
  })
  .meta({ id: 'Action', description: 'Something the client can do now.' });

export type Action = z.output<typeof actionSchema>;

/** What a caller may do, and so may be offered. */
export interface Rights {
  scope: KeyScope | 'none';
  /** Signs links for others; where there is none, none are offered. */
  linkSecret: Secret | undefined;
}

/** Makes the links of one answer; `base` is what they begin with. */
export type Links = ReturnType<typeof createLinks>;

const json = 'application/json';

/** The one place where links are made. Only what would succeed now is offered. */
export function createLinks(base: string, paths: Paths, { scope, linkSecret }: Rights) {
  const href = (name: PathName, parameters?: Record<string, string>) => base + fillPath(paths[name], parameters);
  const send = (name: string, method: 'POST' | 'DELETE', path: string): Action => ({
    name,
    method,
    href: path,
    type: json,
  });
  const get = (name: string, path: string, type = json): Action => ({ name, method: 'GET', href: path, type });

  const allowed = (actions: Action[]) =>
    actions.filter(({ method }) => scope === 'write' || (scope === 'read' && method === 'GET'));
  /** For who has no key. */
  const share = (name: string, path: PathName, parameters: Record<string, string>, made: Thumbnail): Action[] => {
    if (!linkSecret) return [];
    const link = { path: fillPath(paths[path], parameters), version: versionOf(made), expires: nextExpiry() };
    return [get(name, `${base}${link.path}?${signQuery(link, linkSecret)}`, made.type)];
  };
  const addThumbnail = (imageId: string) => send('Add Thumbnail', 'POST', href('imageJobs', { id: imageId }));

  return {
    base,
    href,
    ofEntryPoint: (): Action[] => [
      ...allowed([
        { name: 'Create Job', method: 'POST', href: href('jobs'), type: 'multipart/form-data' },
        get('List Jobs', href('jobs')),
        { name: 'Create Batch', method: 'POST', href: href('batches'), type: 'multipart/form-data' },
      ]),
      get('API Documentation', href('documentation'), 'text/html'),
    ],
    ofJob: (job: Job): Action[] => {
      const { id, image, thumbnails, error } = job;
      const [first] = thumbnails;
      return allowed([
        get('View Details', href('job', { id })),
        ...(job.finishedAt ? [] : [get('Watch Progress', href('jobEvents', { id }), 'text/event-stream')]),
        ...(first ? [get('Download', `${href('jobDownload', { id })}?v=${versionOf(first)}`, first.type)] : []),
        ...thumbnails.map((made) =>
          get(
            `Download ${made.name}`,
            `${href('jobThumbnail', { id, name: made.name })}?v=${versionOf(made)}`,
            made.type,
          ),
        ),
        ...(first ? share('Share', 'jobDownload', { id }, first) : []),
        ...thumbnails.flatMap((made) => share(`Share ${made.name}`, 'jobThumbnail', { id, name: made.name }, made)),
        ...(error && isRetryable(error.code) ? [send('Retry', 'POST', href('jobRetry', { id }))] : []),
        ...(isKnownGood(job) ? [addThumbnail(image.id)] : []),
        get('View Original', href('jobOriginal', { id }), image.type),
        get('View Image', href('image', { id: image.id })),
        send('Delete', 'DELETE', href('job', { id })),
      ]);
    },
    ofImage: ({ id, type, jobs }: Image): Action[] =>
      allowed([
        get('View Details', href('image', { id })),
        ...(jobs.some(isKnownGood) ? [addThumbnail(id)] : []),
        get('View Original', href('imageOriginal', { id }), type),
        send('Delete', 'DELETE', href('image', { id })),
      ]),
    ofBatch: ({ id, counts }: Batch): Action[] => {
      const ended = counts.uploaded + counts.processing === 0;
      return [
        get('View Details', href('batch', { id })),
        ...(ended ? [] : [get('Watch Progress', href('batchEvents', { id }), 'text/event-stream')]),
        ...(ended && counts.success > 0 ? [get('Download All', href('batchZip', { id }), 'application/zip')] : []),
      ];
    },
  };
}

/** Names the content, so that an answer to it may be kept for ever. */
export const versionOf = ({ sha256 }: Pick<Thumbnail, 'sha256'>) => sha256.slice(0, 16);

/** The picture itself was read: it made a thumbnail, or only one that was too large. */
const isKnownGood = ({ status, error }: Pick<Job, 'status' | 'error'>) =>
  status === 'success' || error?.code === 'render_too_large';
