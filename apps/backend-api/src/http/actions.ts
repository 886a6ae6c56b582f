import { z } from '@hono/zod-openapi';
import { isRetryableByPerson, type Job } from '@thumbnail-api/jobs';
import { fillPath, type PathName } from './paths.ts';

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

/** Makes the links of one answer; `base` is what they begin with. */
export type Links = ReturnType<typeof createLinks>;

const json = 'application/json';

/** The one place where links are made. Only what would succeed now is offered. */
export function createLinks(base: string) {
  const href = (name: PathName, parameters?: Record<string, string>) => base + fillPath(name, parameters);
  const send = (name: string, method: 'POST' | 'DELETE', path: string): Action => ({
    name,
    method,
    href: path,
    type: json,
  });
  const get = (name: string, path: string, type = json): Action => ({ name, method: 'GET', href: path, type });

  return {
    href,
    ofEntryPoint: (): Action[] => [
      { name: 'Create Job', method: 'POST', href: href('jobs'), type: 'multipart/form-data' },
      get('List Jobs', href('jobs')),
      get('API Documentation', href('documentation'), 'text/html'),
    ],
    ofJob: (job: Job): Action[] => {
      const { id, image, thumbnails, error } = job;
      const [first] = thumbnails;
      return [
        get('View Details', href('job', { id })),
        ...(first ? [get('Download', `${href('jobDownload', { id })}?${version(first.sha256)}`, first.type)] : []),
        ...thumbnails.map(({ name, sha256, type }) =>
          get(`Download ${name}`, `${href('jobThumbnail', { id, name })}?${version(sha256)}`, type),
        ),
        ...(error && isRetryableByPerson(error.code) ? [send('Retry', 'POST', href('jobRetry', { id }))] : []),
        get('View Original', href('jobOriginal', { id }), image.type),
        send('Delete', 'DELETE', href('job', { id })),
      ];
    },
  };
}

/** Names the content, so that an answer to it may be kept for ever. */
const version = (sha256: string) => `v=${sha256.slice(0, 16)}`;
