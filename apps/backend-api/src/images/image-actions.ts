import type { Image } from '@thumbnail-api/jobs';
import { type Action, getAction, type Links, operationLink, sendAction } from '../http/actions.ts';
import { addThumbnailAction } from '../jobs/job-actions.ts';

/** Lists what the caller can do with an image. */
export function imageActions({ id, type, isReadable }: Image, links: Links): Action[] {
  const actions = [getAction('View Details', links.href('image', { id }))];
  if (isReadable && links.decodes(type)) actions.push(addThumbnailAction(id, links));
  actions.push(
    getAction('List Jobs', imageJobsHref(id, links)),
    getAction('View Original', links.href('imageOriginal', { id }), type),
    sendAction('Delete', 'DELETE', links.href('image', { id })),
  );
  return links.allowed(actions);
}

/** The address of all jobs of an image, or of those after `cursor`. */
export const imageJobsHref = (id: string, links: Links, cursor?: string): string =>
  `${links.href('jobs')}?${new URLSearchParams({ image: id, ...(cursor && { cursor }) })}`;

/** The actions of an image as OpenAPI links. */
export const imageLinks = {
  ViewDetails: operationLink('getImage'),
  AddThumbnail: operationLink('addJob'),
  ListJobs: { operationId: 'listJobs', parameters: { image: '$response.body#/id' } },
  ViewOriginal: operationLink('getImageOriginal'),
  Delete: operationLink('deleteImage'),
};
