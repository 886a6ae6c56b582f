import type { JobsDeps } from '@thumbnail-api/jobs';
import { tracePublisher } from '@thumbnail-api/queue';
import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';

/** The same dependencies, with a publisher whose messages continue the trace of the request. */
export const withTrace = <D extends Pick<JobsDeps, 'publisher'>>(deps: D, context: Context<ApiEnv>): D => ({
  ...deps,
  publisher: tracePublisher(deps.publisher, context.var.trace.traceparent),
});
