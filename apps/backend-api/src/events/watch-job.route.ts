import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getJob, type Job, waitForEnd } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import type { Links } from '../http/actions.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { jobIdParameter } from '../jobs/job-schema.ts';
import { presentJob } from '../jobs/present-job.ts';
import { countStream } from './count-stream.ts';
import { eventHeaders, eventResponses } from './event-responses.ts';
import { type ServerEvent, sendEvents } from './send-events.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobEvents,
    operationId: 'watchJob',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Follow a job to its end',
    description:
      '`status` tells how the job stands now, `end` how it ended; both carry the job. Then the stream ends. A client that resumes with `Last-Event-ID` hears only what it has not heard.',
    request: { params: jobIdParameter, headers: eventHeaders },
    responses: { ...eventResponses, ...problems('unauthorized', 'not_found', 'invalid_parameter') },
  });

/** `GET /jobs/{id}/events`. */
export function registerWatchJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const job = await getJob(deps, { ...context.req.valid('param'), owner: context.var.owner });
    const heard = context.req.header('last-event-id');
    if (job.finishedAt && heard === eventId(job)) return context.body(null, 204);
    const { links } = context.var;
    return sendEvents(context, (gone) =>
      countStream(deps.metrics.eventStreams, jobEvents(deps, job, { heard, links, gone })),
    );
  });
}

interface Listener {
  /** The `Last-Event-ID`. */
  heard: string | undefined;
  links: Links;
  gone: AbortSignal;
}

async function* jobEvents(deps: ApiDeps, job: Job, { heard, links, gone }: Listener): AsyncGenerator<ServerEvent> {
  const toEvent = (event: string, shown: Job) => ({ event, id: eventId(shown), data: presentJob(shown, links) });
  if (!job.finishedAt && heard !== eventId(job)) yield toEvent('status', job);
  const ended = job.finishedAt ? job : await waitForEnd(deps, job, gone);
  if (ended.finishedAt) yield toEvent('end', ended);
}

const eventId = ({ run, status }: Job) => `${run}-${status}`;
