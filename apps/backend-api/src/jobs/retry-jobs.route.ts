import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { retryableCodes, retryJobs } from '@thumbnail-api/jobs';
import { needs } from '../access/security-schemes.ts';
import { assertMayRender, countRendering } from '../access/work-budget.ts';
import type { ApiDeps } from '../deps.ts';
import { actionSchema, sendAction } from '../http/actions.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey, withKey } from '../http/idempotency-key.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { acceptQuery } from '../http/read-query.ts';
import { codeField, ownerField, parseTimes, timeFields } from './job-filters.ts';

const query = z.object({ code: codeField(retryableCodes), ...timeFields, owner: ownerField });

/** The response of a bulk retry. */
export const retriedJobsSchema = z
  .object({
    retried: z.int().min(0).meta({ description: 'How many jobs are queued again.' }),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'RetriedJobs' });

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.jobsRetry,
    operationId: 'retryJobs',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Retry failed jobs',
    description:
      'Retries the failed jobs that match all filters, oldest first, at most 1 000 in a request. If more remain, the response has the action `Retry More`. Jobs with `retryable: false` are left out.',
    // Without a filter that is misspelt, too many jobs would run again.
    middleware: acceptQuery(Object.keys(query.shape)),
    request: { query, headers: idempotencyHeader },
    responses: {
      202: {
        description: 'The jobs are queued again.',
        content: { 'application/json': { schema: retriedJobsSchema } },
        links: { RetryMore: { operationId: 'retryJobs' } },
      },
      ...problems('unauthorized', 'forbidden', 'idempotency_in_flight', 'invalid_parameter', 'idempotency_mismatch'),
    },
  });

/** `POST /jobs/retry`. */
export function registerRetryJobs(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const { code, owner: ownedBy, ...times } = context.req.valid('query');
    const { links, visibleOwner: owner } = context.var;
    const selection = { owner, code, ...parseTimes(times), ...(ownedBy !== undefined && { ownedBy }) };
    await assertMayRender(context, deps);
    const { retried, hasMore, costMs } = await withKey(deps, readIdempotencyKey(context), (key) =>
      retryJobs(deps, selection, key, deps.config.bounds),
    );
    await countRendering(context, deps, costMs);
    const again = `${links.href('jobsRetry')}${new URL(context.req.url).search}`;
    const actions = hasMore ? links.allowed([sendAction('Retry More', 'POST', again)]) : [];
    return context.json({ retried, actions }, 202, { 'cache-control': 'no-store' });
  });
}
