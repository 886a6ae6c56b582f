import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createJob } from '@thumbnail-api/jobs';
import { parseOptions, specFields } from '@thumbnail-api/spec';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { jobSchema } from '../http/job-schema.ts';
import type { Paths } from '../http/paths.ts';
import { presentJob } from '../http/present-job.ts';
import { problems } from '../http/problem-responses.ts';
import { readUpload } from '../http/read-upload.ts';
import { createUploadSlots } from '../http/upload-slots.ts';

const file = z.custom<Blob>().openapi({ type: 'string', format: 'binary', description: 'The picture.' });

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.jobs,
    operationId: 'createJob',
    tags: ['Jobs'],
    summary: 'Send an image and ask for thumbnails',
    description:
      'The answer comes once the original is stored and the job is committed: from then on it will end, in `success` or in `error`.',
    request: {
      body: {
        required: true,
        content: { 'multipart/form-data': { schema: z.object({ file, ...specFields }) } },
      },
    },
    responses: {
      201: {
        description: 'The job is kept.',
        headers: { Location: { description: 'The job.', schema: { type: 'string', format: 'uri' } } },
        content: { 'application/json': { schema: jobSchema } },
      },
      ...problems(400, 408, 413, 415, 422, 503),
    },
  });

/** `POST /jobs`. Registered for the document only: a declared form would be read whole before the handler runs. */
export function registerCreateJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { upload, images, presets } = deps.config;
  const slots = createUploadSlots(upload.concurrency);
  const limits = { ...images, uploadMaxBytes: upload.maxBytes, uploadDeadlineMs: upload.deadlineMs };

  app.openAPIRegistry.registerPath(routeOf(deps.paths));
  app.post(deps.paths.jobs, async (context) => {
    const release = await slots.acquire();
    try {
      const { filename, body, fields, close } = await readUpload(context.req.raw, limits);
      const specs = async () => parseOptions(await fields(), presets);
      const job = await createJob(deps, { filename, body, specs }, limits).finally(close);
      const { links } = context.var;
      return context.json(presentJob(job, links), 201, {
        location: links.href('job', { id: job.id }),
        'cache-control': 'no-store',
      });
    } finally {
      release();
    }
  });
}
