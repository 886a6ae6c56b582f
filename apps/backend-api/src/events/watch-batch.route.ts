import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getBatch, hasEnded, watchBatch } from '@thumbnail-api/jobs';
import type { Context } from 'hono';
import { needs } from '../access/security-schemes.ts';
import { batchJson } from '../batches/batch-json.ts';
import { batchIdParameter } from '../batches/batch-schema.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { presentJob } from '../jobs/present-job.ts';
import { eventHeaders, eventResponses } from './event-responses.ts';
import { type ServerEvent, sendEvents } from './send-events.ts';
import type { StreamSlots } from './stream-slots.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.batchEvents,
    operationId: 'watchBatch',
    ...needs('read'),
    tags: ['Batches'],
    summary: 'Watch a batch until it ends',
    description:
      'Sends `job` with each job that has ended, in the order in which they ended, and then `end` with the batch. A client that resumes with `Last-Event-ID` may receive a job twice, but misses none.',
    request: { params: batchIdParameter, headers: eventHeaders },
    responses: { ...eventResponses, ...problems('unauthorized', 'not_found', 'invalid_parameter') },
  });

const endId = 'end';

/** `GET /batches/{id}/events`. */
export function registerWatchBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, slots: StreamSlots): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const batch = await getBatch(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    const lastEventId = context.req.header('last-event-id') ?? '';
    if (lastEventId === endId && hasEnded(batch)) return context.body(null, 204);
    return sendEvents(context, { ...deps, slots }, (disconnected) =>
      batchEvents(context, deps, { id: batch.id, lastEventId, disconnected }),
    );
  });
}

interface BatchStream {
  id: string;
  lastEventId: string;
  disconnected: AbortSignal;
}

async function* batchEvents(
  context: Context<ApiEnv>,
  deps: ApiDeps,
  { id, lastEventId, disconnected }: BatchStream,
): AsyncGenerator<ServerEvent> {
  const [, milliseconds] = /^(\d{1,14})\./.exec(lastEventId) ?? [];
  const since = milliseconds ? new Date(Number(milliseconds)) : null;
  for await (const job of watchBatch(deps, id, { since, signal: disconnected })) {
    const eventId = `${job.finishedAt?.getTime() ?? 0}.${job.id}`;
    yield { event: 'job', id: eventId, data: JSON.stringify(presentJob(job, context.var.links)) };
  }
  // The watch also ends when the process shuts down; then there is no `end`, and the client reconnects.
  const batch = await getBatch(deps, { id, owner: context.var.visibleOwner });
  if (hasEnded(batch)) yield { event: 'end', id: endId, data: await batchJson(batch, context) };
}
