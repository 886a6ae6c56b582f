import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ImageType } from '@thumbnail-api/image-probe';
import { createJob, type Job, type ReservedKey } from '@thumbnail-api/jobs';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import type { Context } from 'hono';
import { callerAddress } from '../access/caller-address.ts';
import { needs } from '../access/security-schemes.ts';
import { assertMayUpload, countRendering } from '../access/work-budget.ts';
import type { ApiDeps } from '../deps.ts';
import { preferHeader } from '../events/prefer.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey, withKey } from '../http/idempotency-key.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { readUpload, uploadLimits } from '../uploads/read-upload.ts';
import { openUploadMeter, type UploadMeter } from '../uploads/upload-meter.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import { optionFields } from './option-fields.ts';
import { createdJobResponse, sendCreatedJob } from './send-job.ts';

const file = z.instanceof(Blob).openapi({ type: 'string', format: 'binary', description: 'The image.' });
/** The types that a raw upload may declare. HEIC files are often declared as image/heif. */
const rawTypes = (accepted: readonly ImageType[]) =>
  accepted.flatMap((type) => (type === 'image/heic' ? [type, 'image/heif'] : [type]));

const routeOf = (paths: Paths, accepted: readonly ImageType[]) =>
  createRoute({
    method: 'post',
    path: paths.jobs,
    operationId: 'createJob',
    ...needs('write'),
    tags: ['Jobs'],
    summary: 'Upload an image and request thumbnails',
    description:
      'Send a form with the image in a part named `file` or `image`, or the bytes of the image with the options in the query. The response comes when the original is stored and the job is committed. Every accepted job finishes, with `success` or `error`. With `Prefer: wait=10` the response comes when the job has finished, or after 10 seconds.',
    request: {
      query: z.object(optionFields),
      headers: preferHeader.extend({
        ...idempotencyHeader.shape,
        'content-disposition': z.string().optional().meta({ description: 'The file name of a raw upload.' }),
      }),
      body: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: z.object({ file, ...optionFields }),
            encoding: { file: { contentType: 'image/*' } },
          },
          ...Object.fromEntries(rawTypes(accepted).map((type) => [type, { schema: file }])),
        },
      },
    },
    responses: {
      201: createdJobResponse,
      ...problems(
        'unauthorized',
        'forbidden',
        'quota_exceeded',
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

/**
 * `POST /jobs`.
 *
 * The route is declared for the OpenAPI document only: Hono would read a declared body into memory before the handler runs.
 */
export function registerCreateJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, slots: UploadSlots): void {
  app.openAPIRegistry.registerPath(routeOf(deps.paths, deps.config.images.types));
  app.post(deps.paths.jobs, async (context) => {
    const key = readIdempotencyKey(context);
    await assertMayUpload(context, deps);
    const meter = await openUploadMeter(context, deps);
    const reception = { context, deps, slots, meter };
    const job = await withKey(deps, key, (held) => receiveJob(reception, held));
    return sendCreatedJob(context, deps, job);
  });
}

interface Reception {
  context: Context<ApiEnv>;
  deps: ApiDeps;
  slots: UploadSlots;
  meter: UploadMeter;
}

/** Waits for a slot, reads the upload and creates its job. A key that already has a job returns that job. */
async function receiveJob({ context, deps, slots, meter }: Reception, key?: ReservedKey): Promise<Job> {
  const limits = uploadLimits(deps.config);
  const address = callerAddress(context, deps.config.links);
  // Slots limit uploads, which wait for their bodies.
  context.var.turn.release();
  const slot = await slots.acquire(context.req.raw, { address, count: (bytes) => meter.count(bytes) });
  try {
    const { filename, body, fields } = await readUpload(slot.request, limits);
    const specs = async () => parseOptions(await fields(), deps.config.presets);
    const { owner, trace } = context.var;
    const upload = { owner, filename, body, specs, key, trace: trace.traceparent };
    const job = await createJob(deps, upload, limits);
    if (!key?.first) {
      deps.metrics.jobsCreated.inc();
      await countRendering(context, deps, job.costMs ?? 0);
    }
    return job;
  } finally {
    slot.release();
    await meter.close();
  }
}
