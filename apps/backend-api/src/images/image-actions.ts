import type { Image } from '@thumbnail-api/jobs';
import { type Action, getAction, type Links, operationLink, sendAction } from '../http/actions.ts';
import { addThumbnailAction, hasReadableImage } from '../jobs/job-actions.ts';

/** Lists what the caller can do with an image. */
export function imageActions({ id, type, jobs }: Image, links: Links): Action[] {
  const actions = [getAction('View Details', links.href('image', { id }))];
  if (jobs.some(hasReadableImage) && links.decodes(type)) actions.push(addThumbnailAction(id, links));
  actions.push(
    getAction('View Original', links.href('imageOriginal', { id }), type),
    sendAction('Delete', 'DELETE', links.href('image', { id })),
  );
  return links.allowed(actions);
}

/** The actions of an image as OpenAPI links. */
export const imageLinks = {
  ViewDetails: operationLink('getImage'),
  AddThumbnail: operationLink('addJob'),
  ViewOriginal: operationLink('getImageOriginal'),
  Delete: operationLink('deleteImage'),
};
