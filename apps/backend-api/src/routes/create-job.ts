import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createJob, type HeldKey, holdKey } from '@thumbnail-api/jobs';
import { parseOptions, specFields } from '@thumbnail-api/spec';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey } from '../http/idempotency-key.ts';
import { jobSchema } from '../http/job-schema.ts';
import { paths } from '../http/paths.ts';
import { presentJob } from '../http/present-job.ts';
import { problems } from '../http/problem-responses.ts';
import { readUpload } from '../http/read-upload.ts';
import { createUploadSlots } from '../http/upload-slots.ts';

const file = z.custom<Blob>().openapi({ type: 'string', format: 'binary', description: 'The picture.' });

const route = createRoute({
  method: 'post',
  path: paths.jobs,
  operationId: 'createJob',
  tags: ['Jobs'],
  summary: 'Send an image and ask for thumbnails',
  description:
    'The answer comes once the original is stored and the job is committed: from then on it will end, in `success` or in `error`.',
  request: {
    headers: idempotencyHeader,
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
    ...problems(400, 408, 409, 413, 415, 422, 503),
  },
});

/** `POST /jobs`. Registered for the document only: a declared form would be read whole before the handler runs. */
export function registerCreateJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { upload, images, presets } = deps.config;
  const slots = createUploadSlots(upload.concurrency);
  const limits = { ...images, uploadMaxBytes: upload.maxBytes, uploadDeadlineMs: upload.deadlineMs };

  app.openAPIRegistry.registerPath(route);
  app.post(paths.jobs, async (context) => {
    const key = readIdempotencyKey(context.req.header('idempotency-key'));
    const upload = async (held?: HeldKey) => {
      const { filename, body, fields, close } = await readUpload(context.req.raw, limits);
      const specs = async () => parseOptions(await fields(), presets);
      return createJob(deps, { filename, body, specs, key: held }, limits).finally(close);
    };
    const release = await slots.acquire();
    try {
      const job = key ? await holdKey(deps, key, limits, upload) : await upload();
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
