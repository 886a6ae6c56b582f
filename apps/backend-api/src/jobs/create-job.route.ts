import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createJob, type IdempotencyKey, type ReservedKey, withIdempotencyKey } from '@thumbnail-api/jobs';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import type { Context } from 'hono';
import { callerAddress } from '../access/caller-address.ts';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { jobLinks } from '../documentation/operation-links.ts';
import { preferHeader } from '../events/prefer.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { withTrace } from '../http/with-trace.ts';
import { countUpload } from '../uploads/count-upload.ts';
import { idempotencyHeader, readIdempotencyKey } from '../uploads/idempotency-key.ts';
import { readUpload } from '../uploads/read-upload.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import { jobHeaders } from './job-headers.ts';
import { jobSchema } from './job-schema.ts';
import { optionFields } from './option-fields.ts';
import { sendCreatedJob } from './send-created-job.ts';

const file = z.instanceof(Blob).openapi({ type: 'string', format: 'binary', description: 'The picture.' });
const rawTypes = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic', 'heif', 'svg+xml'].map(
  (subtype) => `image/${subtype}`,
);

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.jobs,
    operationId: 'createJob',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Send an image and ask for thumbnails',
    description:
      'As a form with the picture in a part named `file` or `image`, or as the bytes of the picture with the options in the query. The answer comes once the original is stored and the job is committed: from then on it will end, in `success` or in `error`. With `Prefer: wait=10` it comes when the job has ended, or after 10 seconds.',
    request: {
      query: z.object(optionFields),
      headers: preferHeader.extend({
        ...idempotencyHeader.shape,
        'content-disposition': z.string().optional().meta({ description: 'Names the file of a raw upload.' }),
      }),
      body: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: z.object({ file, ...optionFields }),
            encoding: { file: { contentType: 'image/*' } },
          },
          ...Object.fromEntries(rawTypes.map((type) => [type, { schema: file }])),
        },
      },
    },
    responses: {
      201: {
        description: 'The job is kept.',
        headers: { Location: { description: 'The job.', schema: { type: 'string', format: 'uri' } }, ...jobHeaders },
        content: { 'application/json': { schema: jobSchema } },
        links: jobLinks,
      },
      ...problems(
        'unauthorized',
        'forbidden',
        'file_missing',
        'file_empty',
        'too_many_files',
        'malformed_multipart',
        'request_timeout',
        'idempotency_in_flight',
        'payload_too_large',
        'unsupported_media_type',
        'invalid_parameter',
        'image_too_large',
        'idempotency_mismatch',
      ),
    },
  });

/** `POST /jobs`. Registered for the document only: a declared body would be read whole before the handler runs. */
export function registerCreateJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, slots: UploadSlots): void {
  const { upload, images, presets } = deps.config;
  const limits = { ...images, uploadMaxBytes: upload.maxBytes, uploadDeadlineMs: upload.deadlineMs };
  const receive = async (context: Context<ApiEnv>, key: IdempotencyKey | null) => {
    const { owner } = context.var;
    const { count, settle } = await countUpload(context, deps);
    const from = callerAddress(context, deps.config.links);
    const create = async (held?: ReservedKey) => {
      const slot = await slots.take(context.req.raw, { from, count });
      try {
        const { filename, body, fields } = await readUpload(slot.request, limits);
        const specs = async () => parseOptions(await fields(), presets);
        const upload = { owner, filename, body, specs, key: held };
        const job = await createJob(withTrace(deps, context), upload, limits);
        if (!held?.first) deps.metrics.jobsCreated.inc();
        return job;
      } finally {
        slot.release();
        await settle();
      }
    };
    return key ? withIdempotencyKey(deps, key, limits, create) : create();
  };

  app.openAPIRegistry.registerPath(routeOf(deps.paths));
  app.post(deps.paths.jobs, async (context) => {
    const key = readIdempotencyKey(context.req.header('idempotency-key'), context.var.owner);
    return sendCreatedJob(context, deps, await receive(context, key));
  });
}
