import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { ApiDeps } from './deps.ts';
import type { ApiEnv } from './http/api-env.ts';
import { invalidParameter } from './http/invalid-parameter.ts';
import { toProblem } from './http/problem.ts';
import { refuseOtherMethods } from './http/refuse-other-methods.ts';
import { requestContext } from './http/request-context.ts';
import { registerCreateJob } from './routes/create-job.ts';
import { registerDeleteJob } from './routes/delete-job.ts';
import { registerDocumentation } from './routes/documentation.ts';
import { registerDownloadThumbnail } from './routes/download-thumbnail.ts';
import { registerGetEntryPoint } from './routes/get-entry-point.ts';
import { registerGetJob } from './routes/get-job.ts';
import { registerGetOriginal } from './routes/get-original.ts';
import { registerHealth } from './routes/health.ts';
import { registerListJobs } from './routes/list-jobs.ts';
import { registerRetryJob } from './routes/retry-job.ts';

/**
 * Puts the API together: middleware, routes and the four ways out of an error (a failed validation, a thrown error, a
 * wrong method, an unknown path), all of which answer with a problem. Listens to nothing and opens nothing.
 */
export function createApp(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, context) => {
      if (!result.success) return toProblem(invalidParameter(result.error), context);
    },
  });
  app.use(requestContext(deps.log, deps.config.links));

  registerGetEntryPoint(app);
  registerCreateJob(app, deps);
  registerListJobs(app, deps);
  registerGetJob(app, deps);
  registerRetryJob(app, deps);
  registerDeleteJob(app, deps);
  registerDownloadThumbnail(app, deps);
  registerGetOriginal(app, deps);
  registerHealth(app, deps);
  registerDocumentation(app);
  refuseOtherMethods(app);

  app.notFound((context) => toProblem(new AppError('not_found', 'There is nothing at this address.'), context));
  app.onError((error, context) => toProblem(error, context));
  return app;
}
