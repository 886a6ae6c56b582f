import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getBatch, watchBatch } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import { needs } from '../access/security-schemes.ts';
import { batchIdParameter } from '../batches/batch-schema.ts';
import { presentBatch } from '../batches/present-batch.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { presentJob } from '../jobs/present-job.ts';
import { countStream } from './count-stream.ts';
import { eventHeaders, eventResponses } from './event-responses.ts';
import { type ServerEvent, sendEvents } from './send-events.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.batchEvents,
    operationId: 'watchBatch',
    ...needs('read'),
    tags: ['Batches'],
    summary: 'Follow a batch to its end',
    description:
      '`job` tells of each job that has ended, in the order of their end, and carries it; `end` carries the batch. Then the stream ends. A client that resumes with `Last-Event-ID` may hear of a job twice, and misses none.',
    request: { params: batchIdParameter, headers: eventHeaders },
    responses: { ...eventResponses, ...problems('unauthorized', 'not_found', 'invalid_parameter') },
  });

const endId = 'end';

/** `GET /batches/{id}/events`. */
export function registerWatchBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { id, counts } = await getBatch(deps, { ...context.req.valid('param'), owner: context.var.owner });
    const heard = context.req.header('last-event-id') ?? '';
    if (heard === endId && counts.uploaded + counts.processing === 0) return context.body(null, 204);
    return sendEvents(context, (gone) =>
      countStream(deps.metrics.eventStreams, batchEvents(context, deps, { id, heard, gone })),
    );
  });
}

interface Listener {
  id: string;
  heard: string;
  gone: AbortSignal;
}

async function* batchEvents(
  context: Context<ApiEnv>,
  deps: ApiDeps,
  { id, heard, gone }: Listener,
): AsyncGenerator<ServerEvent> {
  const [, milliseconds] = /^(\d{1,14})\./.exec(heard) ?? [];
  const since = milliseconds ? new Date(Number(milliseconds)) : null;
  for await (const job of watchBatch(deps, id, { since, signal: gone })) {
    const eventId = `${job.finishedAt?.getTime() ?? 0}.${job.id}`;
    yield { event: 'job', id: eventId, data: presentJob(job, context.var.links) };
  }
  const batch = await getBatch(deps, { id, owner: context.var.owner });
  const ended = batch.counts.uploaded + batch.counts.processing === 0;
  if (ended) yield { event: 'end', id: endId, data: presentBatch(batch, context) };
}
