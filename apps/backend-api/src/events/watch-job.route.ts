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
import { type EventName, eventHeaders, eventResponses } from './event-responses.ts';
import { type ServerEvent, sendEvents } from './send-events.ts';
import type { StreamSlots } from './stream-slots.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.jobEvents,
    operationId: 'watchJob',
    ...needs('read'),
    tags: ['Jobs'],
    summary: 'Watch a job until it ends',
    description:
      'Sends `status` with the job as it is now, and `end` with the job once it has ended. A client that resumes with `Last-Event-ID` receives only events that it has not received.',
    request: { params: jobIdParameter, headers: eventHeaders },
    responses: { ...eventResponses, ...problems('unauthorized', 'not_found', 'invalid_parameter') },
  });

/** `GET /jobs/{id}/events`. */
export function registerWatchJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, slots: StreamSlots): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const job = await getJob(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    const lastEventId = context.req.header('last-event-id');
    if (job.finishedAt && lastEventId === eventIdOf(job)) return context.body(null, 204);
    const { links } = context.var;
    return sendEvents(context, { ...deps, slots }, (disconnected) =>
      jobEvents(deps, job, { lastEventId, links, disconnected }),
    );
  });
}

interface JobStream {
  lastEventId: string | undefined;
  links: Links;
  disconnected: AbortSignal;
}

async function* jobEvents(
  deps: ApiDeps,
  job: Job,
  { lastEventId, links, disconnected }: JobStream,
): AsyncGenerator<ServerEvent> {
  if (!job.finishedAt && lastEventId !== eventIdOf(job)) yield toEvent('status', job, links);
  const latest = job.finishedAt ? job : await waitForEnd(deps, job, disconnected);
  if (latest.finishedAt) yield toEvent('end', latest, links);
}

const toEvent = (event: EventName, job: Job, links: Links): ServerEvent => ({
  event,
  id: eventIdOf(job),
  data: JSON.stringify(presentJob(job, links)),
});

const eventIdOf = ({ run, status }: Job) => `${run}-${status}`;
