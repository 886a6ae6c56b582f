import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { acceptSignedLink } from './access/accept-signed-link.ts';
import { authenticate } from './access/authenticate.ts';
import { authorize } from './access/authorize.ts';
import { cors } from './access/cors.ts';
import { limitRequests } from './access/limit-requests.ts';
import { securityHeaders } from './access/security-headers.ts';
import { registerCreateBatch } from './batches/create-batch.route.ts';
import { registerGetBatch } from './batches/get-batch.route.ts';
import type { ApiDeps } from './deps.ts';
import { registerDocumentation } from './documentation/documentation.route.ts';
import { registerExplainProblem } from './documentation/explain-problem.route.ts';
import { registerGetEntryPoint } from './documentation/get-entry-point.route.ts';
import { registerDownloadBatch } from './downloads/download-batch.route.ts';
import { registerDownloadThumbnail } from './downloads/download-thumbnail.route.ts';
import { registerGetOriginal } from './downloads/get-original.route.ts';
import { createOpenDownloads } from './downloads/open-downloads.ts';
import { registerWatchBatch } from './events/watch-batch.route.ts';
import { registerWatchJob } from './events/watch-job.route.ts';
import type { ApiEnv } from './http/api-env.ts';
import { invalidParameter } from './http/invalid-parameter.ts';
import { toRoutePath } from './http/paths.ts';
import { toProblem } from './http/problem.ts';
import { rejectOtherMethods } from './http/reject-other-methods.ts';
import { requestContext } from './http/request-context.ts';
import { registerAddJob } from './images/add-job.route.ts';
import { registerDeleteImage } from './images/delete-image.route.ts';
import { registerGetImage } from './images/get-image.route.ts';
import { registerCreateJob } from './jobs/create-job.route.ts';
import { registerDeleteJob } from './jobs/delete-job.route.ts';
import { registerGetJob } from './jobs/get-job.route.ts';
import { registerListJobs } from './jobs/list-jobs.route.ts';
import { registerRetryJob } from './jobs/retry-job.route.ts';
import { registerGetMetrics } from './operations/get-metrics.route.ts';
import { registerHealth } from './operations/health.route.ts';
import { measureRequests } from './operations/measure-requests.ts';
import { addServiceGauges } from './operations/service-gauges.ts';
import { UploadSlots } from './uploads/upload-slots.ts';

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
  app.use(cors(deps.config.corsOrigins));
  app.use(securityHeaders());
  app.use(limitRequests(deps, 'address'));

  // What stands above `authorize` is open to everybody.
  registerHealth(app, deps);
  registerGetMetrics(app, deps);
  registerExplainProblem(app, deps);
  registerDocumentation(app, deps);
  for (const path of [deps.paths.jobDownload, deps.paths.jobThumbnail]) {
    app.use(toRoutePath(path), acceptSignedLink(deps.config.access));
  }
  app.use(authenticate(deps));
  app.use(limitRequests(deps, 'owner'));
  registerGetEntryPoint(app, deps);
  rejectOtherMethods(app);
  app.use(authorize());

  const slots = new UploadSlots(deps.config.upload);
  addServiceGauges(deps.metrics.registry, deps, slots);
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
  rejectOtherMethods(app);

  app.notFound((context) => toProblem(new AppError('not_found', 'There is nothing at this address.'), context));
  app.onError((error, context) => toProblem(error, context));
  return app;
}
