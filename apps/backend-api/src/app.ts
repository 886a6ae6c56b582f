import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { ApiDeps } from './deps.ts';
import { acceptSignedLink } from './http/accept-signed-link.ts';
import type { ApiEnv } from './http/api-env.ts';
import { crossOrigin } from './http/cross-origin.ts';
import { invalidParameter } from './http/invalid-parameter.ts';
import { measureRequests } from './http/measure-requests.ts';
import { createOpenDownloads } from './http/open-downloads.ts';
import { toRoutePath } from './http/paths.ts';
import { toProblem } from './http/problem.ts';
import { limitRequests } from './http/rate-limits.ts';
import { recogniseCaller } from './http/recognise-caller.ts';
import { refuseOtherMethods } from './http/refuse-other-methods.ts';
import { requestContext } from './http/request-context.ts';
import { requireCaller } from './http/require-caller.ts';
import { securityHeaders } from './http/security-headers.ts';
import { createUploadSlots } from './http/upload-slots.ts';
import { registerAddJob } from './routes/add-job.ts';
import { registerCreateBatch } from './routes/create-batch.ts';
import { registerCreateJob } from './routes/create-job.ts';
import { registerDeleteImage } from './routes/delete-image.ts';
import { registerDeleteJob } from './routes/delete-job.ts';
import { registerDocumentation } from './routes/documentation.ts';
import { registerDownloadBatch } from './routes/download-batch.ts';
import { registerDownloadThumbnail } from './routes/download-thumbnail.ts';
import { registerExplainProblem } from './routes/explain-problem.ts';
import { registerGetBatch } from './routes/get-batch.ts';
import { registerGetEntryPoint } from './routes/get-entry-point.ts';
import { registerGetImage } from './routes/get-image.ts';
import { registerGetJob } from './routes/get-job.ts';
import { registerGetMetrics } from './routes/get-metrics.ts';
import { registerGetOriginal } from './routes/get-original.ts';
import { registerHealth } from './routes/health.ts';
import { registerListJobs } from './routes/list-jobs.ts';
import { registerRetryJob } from './routes/retry-job.ts';
import { registerWatchBatch } from './routes/watch-batch.ts';
import { registerWatchJob } from './routes/watch-job.ts';
import { watchParts } from './watch-parts.ts';

/** Below the connections that a store has, so that some are left for those who do take what they asked for. */
const downloadsMany = 64;

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
  app.use(measureRequests(app, deps.metrics));
  app.use(requestContext(deps.log, deps.config.links, deps.paths));
  const downloads = createOpenDownloads(downloadsMany);
  app.use((context, next) => {
    context.set('downloads', downloads);
    return next();
  });
  app.use(crossOrigin(deps.config.corsOrigins));
  app.use(securityHeaders());
  app.use(limitRequests(deps, 'address'));

  // What stands above `requireCaller` is open to everybody.
  registerHealth(app, deps);
  registerGetMetrics(app, deps);
  registerExplainProblem(app, deps);
  registerDocumentation(app, deps);
  for (const path of [deps.paths.jobDownload, deps.paths.jobThumbnail]) {
    app.use(toRoutePath(path), acceptSignedLink(deps.config.access));
  }
  app.use(recogniseCaller(deps));
  app.use(limitRequests(deps, 'owner'));
  registerGetEntryPoint(app, deps);
  refuseOtherMethods(app);
  app.use(requireCaller());

  const slots = createUploadSlots(deps.config.upload);
  watchParts(deps.metrics.registry, deps, slots);
  registerCreateJob(app, deps, slots);
  registerListJobs(app, deps);
  registerGetJob(app, deps);
  registerRetryJob(app, deps);
  registerDeleteJob(app, deps);
  registerDownloadThumbnail(app, deps);
  registerGetOriginal(app, deps);
  registerWatchJob(app, deps);
  registerGetImage(app, deps);
  registerAddJob(app, deps);
  registerDeleteImage(app, deps);
  registerCreateBatch(app, deps, slots);
  registerGetBatch(app, deps);
  registerWatchBatch(app, deps);
  registerDownloadBatch(app, deps);
  refuseOtherMethods(app);

  app.notFound((context) => toProblem(new AppError('not_found', 'There is nothing at this address.'), context));
  app.onError((error, context) => toProblem(error, context));
  return app;
}
