import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { acceptSignedLink } from './access/accept-signed-link.ts';
import { authenticate } from './access/authenticate.ts';
import { authorize } from './access/authorize.ts';
import { cors } from './access/cors.ts';
import { limitOpenRequests } from './access/limit-open-requests.ts';
import { limitRequests } from './access/limit-requests.ts';
import { rejectForeignPages } from './access/reject-foreign-pages.ts';
import { rejectUnknownHosts } from './access/reject-unknown-hosts.ts';
import { securityHeaders } from './access/security-headers.ts';
import { takeTurns } from './access/take-turns.ts';
import { WrongTokens } from './access/wrong-tokens.ts';
import { registerCreateBatch } from './batches/create-batch.route.ts';
import { registerGetBatch } from './batches/get-batch.route.ts';
import { registerRetryBatch } from './batches/retry-batch.route.ts';
import type { ApiDeps } from './deps.ts';
import { registerDocumentation } from './documentation/documentation.route.ts';
import { registerExplainProblem } from './documentation/explain-problem.route.ts';
import { registerGetEntryPoint } from './documentation/get-entry-point.route.ts';
import { ActiveDownloads } from './downloads/active-downloads.ts';
import { registerDownloadBatch } from './downloads/download-batch.route.ts';
import { registerDownloadThumbnail } from './downloads/download-thumbnail.route.ts';
import { registerGetOriginal } from './downloads/get-original.route.ts';
import { StreamSlots } from './events/stream-slots.ts';
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
import { registerRetryJobs } from './jobs/retry-jobs.route.ts';
import { closeConnections } from './operations/close-connections.ts';
import { registerGetMetrics } from './operations/get-metrics.route.ts';
import { registerHealth } from './operations/health.route.ts';
import { measureRequests } from './operations/measure-requests.ts';
import { addServiceGauges } from './operations/service-gauges.ts';
import { UploadSlots } from './uploads/upload-slots.ts';

/** Below the number of connections to the object store, so that some stay free for clients that read. */
const uncrowdedDownloadsMax = 64;

/**
 * Creates the API: middleware and routes. A failed validation, a thrown error, an unsupported method and an unknown path are
 * all answered with a problem. Does not listen and opens no connection.
 */
export function createApp(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, context) => {
      if (!result.success) return toProblem(invalidParameter(result.error), context);
    },
  });
  app.use(closeConnections(deps.isDraining));
  app.use(measureRequests(app, deps.metrics));
  app.use(requestContext(deps.log, deps.config.links, deps.paths));
  const activeDownloads = new ActiveDownloads(uncrowdedDownloadsMax);
  const wrongTokens = new WrongTokens(deps);
  app.use((context, next) => {
    context.set('activeDownloads', activeDownloads);
    context.set('wrongTokens', wrongTokens);
    return next();
  });
  app.use(cors(deps.config.corsOrigins));
  app.use(securityHeaders());
  if (deps.config.access.auth === 'none') app.use(rejectUnknownHosts(deps), rejectForeignPages(deps));
  app.use(takeTurns(deps));
  app.use(limitRequests(deps, 'address'));
  app.use(limitOpenRequests(deps));

  // Routes registered before `authorize` require no key.
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
  const streams = new StreamSlots(deps.config.bounds.eventStreams);
  registerCreateJob(app, deps, slots);
  registerListJobs(app, deps);
  // Before the job, whose path also matches this address.
  registerRetryJobs(app, deps);
  registerGetJob(app, deps);
  registerRetryJob(app, deps);
  registerDeleteJob(app, deps);
  registerDownloadThumbnail(app, deps);
  registerGetOriginal(app, deps);
  registerWatchJob(app, deps, streams);
  registerGetImage(app, deps);
  registerAddJob(app, deps);
  registerDeleteImage(app, deps);
  registerCreateBatch(app, deps, slots);
  registerGetBatch(app, deps);
  registerRetryBatch(app, deps);
  registerWatchBatch(app, deps, streams);
  registerDownloadBatch(app, deps);
  rejectOtherMethods(app);

  app.notFound((context) =>
    toProblem(
      new AppError('not_found', 'There is no resource at this address. Follow the actions of the entry point.'),
      context,
    ),
  );
  app.onError((error, context) => toProblem(error, context));
  return app;
}
