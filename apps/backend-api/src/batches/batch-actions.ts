import { type Batch, hasEnded, isRetryable } from '@thumbnail-api/jobs';
import { type Action, getAction, type Links, operationLink, sendAction } from '../http/actions.ts';

/** Lists what the caller can do with a batch in its current state. */
export function batchActions(batch: Batch, links: Links): Action[] {
  const { id, counts } = batch;
  const ended = hasEnded(batch);
  const actions = [getAction('View Details', links.href('batch', { id }))];
  if (!ended) actions.push(getAction('Watch Progress', links.href('batchEvents', { id }), 'text/event-stream'));
  if (ended && counts.success > 0) {
    actions.push(getAction('Download All', links.href('batchZip', { id }), 'application/zip'));
  }
  if (batch.jobs.some(({ error }) => error && isRetryable(error.code))) {
    actions.push(sendAction('Retry', 'POST', links.href('batchRetry', { id })));
  }
  return links.allowed(actions);
}

/** The actions of a batch as OpenAPI links. */
export const batchLinks = {
  ViewDetails: operationLink('getBatch'),
  WatchProgress: operationLink('watchBatch'),
  Retry: operationLink('retryBatch'),
  DownloadAll: operationLink('downloadBatch'),
};
