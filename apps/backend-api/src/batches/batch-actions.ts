import { type Batch, hasEnded } from '@thumbnail-api/jobs';
import { type Action, getAction, type Links, operationLink } from '../http/actions.ts';

/** Lists what the caller can do with a batch in its current state. */
export function batchActions(batch: Batch, links: Links): Action[] {
  const { id, counts } = batch;
  const ended = hasEnded(batch);
  const actions = [getAction('View Details', links.href('batch', { id }))];
  if (!ended) actions.push(getAction('Watch Progress', links.href('batchEvents', { id }), 'text/event-stream'));
  if (ended && counts.success > 0) {
    actions.push(getAction('Download All', links.href('batchZip', { id }), 'application/zip'));
  }
  return links.allowed(actions);
}

/** The actions of a batch as OpenAPI links. */
export const batchLinks = {
  ViewDetails: operationLink('getBatch'),
  WatchProgress: operationLink('watchBatch'),
  DownloadAll: operationLink('downloadBatch'),
};
