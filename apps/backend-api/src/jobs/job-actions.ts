import { isRetryable, type Job } from '@thumbnail-api/jobs';
import { contentVersion } from '@thumbnail-api/storage';
import { type Action, getAction, type Links, operationLink, sendAction } from '../http/actions.ts';

/** Lists what the caller can do with a job in its current state. */
export function jobActions(job: Job, links: Links): Action[] {
  const { id, image, error } = job;
  const actions = [getAction('View Details', links.href('job', { id }))];
  if (!job.finishedAt) {
    actions.push(getAction('Watch Progress', links.href('jobEvents', { id }), 'text/event-stream'));
  }
  actions.push(...downloadActions(job, links), ...shareActions(job, links));
  if (error && isRetryable(error.code)) {
    actions.push(
      sendAction('Retry', 'POST', links.href('jobRetry', { id })),
      sendAction('Retry All', 'POST', `${links.href('jobsRetry')}?code=${error.code}`),
    );
  }
  if (hasReadableImage(job) && links.decodes(image.type)) actions.push(addThumbnailAction(image.id, links));
  actions.push(
    getAction('View Original', links.href('jobOriginal', { id }), image.type),
    getAction('View Image', links.href('image', { id: image.id })),
    sendAction('Delete', 'DELETE', links.href('job', { id })),
  );
  return links.allowed(actions);
}

function downloadActions({ id, thumbnails }: Job, links: Links): Action[] {
  const [first] = thumbnails;
  if (!first) return [];
  return [
    getAction('Download', `${links.href('jobDownload', { id })}?v=${contentVersion(first.sha256)}`, first.type),
    ...thumbnails.map((thumbnail) => {
      const href = `${links.href('jobThumbnail', { id, name: thumbnail.name })}?v=${contentVersion(thumbnail.sha256)}`;
      return getAction(`Download ${thumbnail.name}`, href, thumbnail.type);
    }),
  ];
}

function shareActions({ id, thumbnails }: Job, { signedHref }: Links): Action[] {
  const [first] = thumbnails;
  if (!first || !signedHref) return [];
  return [
    getAction('Share', signedHref('jobDownload', { id }, contentVersion(first.sha256)), first.type),
    ...thumbnails.map((thumbnail) => {
      const href = signedHref('jobThumbnail', { id, name: thumbnail.name }, contentVersion(thumbnail.sha256));
      return getAction(`Share ${thumbnail.name}`, href, thumbnail.type);
    }),
  ];
}

/** The action that requests more thumbnails of an image. */
export const addThumbnailAction = (imageId: string, links: Links): Action =>
  sendAction('Add Thumbnail', 'POST', links.href('imageJobs', { id: imageId }));

/** Says whether a job has shown that its image can be decoded: it succeeded, or only its output was too large. */
export const hasReadableImage = ({ status, error }: Pick<Job, 'status' | 'error'>): boolean =>
  status === 'success' || error?.code === 'render_too_large';

const namedThumbnailLink = {
  operationId: 'downloadNamedThumbnail',
  parameters: { id: '$response.body#/id', name: '$response.body#/thumbnails/0/name' },
};

/** The actions of a job as OpenAPI links. OpenAPI allows no spaces in their names. */
export const jobLinks = {
  ViewDetails: operationLink('getJob'),
  WatchProgress: operationLink('watchJob'),
  Download: operationLink('downloadThumbnail'),
  DownloadNamed: namedThumbnailLink,
  Share: operationLink('downloadThumbnail'),
  ShareNamed: namedThumbnailLink,
  Retry: operationLink('retryJob'),
  RetryAll: { operationId: 'retryJobs', parameters: { code: '$response.body#/error/code' } },
  AddThumbnail: operationLink('addJob', '/image/id'),
  ViewOriginal: operationLink('getOriginal'),
  ViewImage: operationLink('getImage', '/image/id'),
  Delete: operationLink('deleteJob'),
};
