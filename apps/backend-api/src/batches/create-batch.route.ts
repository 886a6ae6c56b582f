import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { type Batch, type BatchFile, createBatch, type ReservedKey } from '@thumbnail-api/jobs';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import type { Context } from 'hono';
import { callerAddress } from '../access/caller-address.ts';
import { needs } from '../access/security-schemes.ts';
import { assertMayUpload, countRendering } from '../access/work-budget.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey, withKey } from '../http/idempotency-key.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { joinFields, readQuery } from '../http/read-query.ts';
import { sendJson } from '../http/send-json.ts';
import { optionFields } from '../jobs/option-fields.ts';
import { type Form, isForm, readForm } from '../uploads/read-form.ts';
import { uploadLimits } from '../uploads/read-upload.ts';
import { openUploadMeter, type UploadMeter } from '../uploads/upload-meter.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import { batchLinks } from './batch-actions.ts';
import { batchJson } from './batch-json.ts';
import { batchSchema } from './batch-schema.ts';

const files = z.array(z.instanceof(Blob).openapi({ type: 'string', format: 'binary' })).min(1);

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.batches,
    operationId: 'createBatch',
    ...needs('write'),
    tags: ['Batches'],
    summary: 'Upload many images and request the same thumbnails of each',
    description:
      'Send each image in a part named `file`, `image`, `files` or `images`. Each file is accepted or rejected on its own. An error in the form or in the options, or too many bytes in total, rejects the whole batch. The response comes when all accepted originals are stored and all jobs are committed.',
    request: {
      query: z.object(optionFields),
      headers: idempotencyHeader,
      body: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: z.object({ file: files, ...optionFields }),
            encoding: { file: { contentType: 'image/*' } },
          },
        },
      },
    },
    responses: {
      201: {
        description: 'The batch was created, with a job for each accepted file.',
        headers: { Location: { description: 'The URL of the batch.', schema: { type: 'string', format: 'uri' } } },
        content: { 'application/json': { schema: batchSchema } },
        links: batchLinks,
      },
      ...problems(
        'unauthorized',
        'forbidden',
        'quota_exceeded',
        'file_missing',
        'too_many_files',
        'malformed_multipart',
        'request_timeout',
        'idempotency_in_flight',
        'payload_too_large',
        'unsupported_media_type',
        'invalid_parameter',
        'idempotency_mismatch',
      ),
    },
  });

/**
 * `POST /batches`.
 *
 * The route is declared for the OpenAPI document only: Hono would read a declared form into memory before the handler runs.
 */
export function registerCreateBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, slots: UploadSlots): void {
  app.openAPIRegistry.registerPath(routeOf(deps.paths));
  app.post(deps.paths.batches, async (context) => {
    const key = readIdempotencyKey(context);
    await assertMayUpload(context, deps);
    const meter = await openUploadMeter(context, deps);
    const reception = { context, deps, slots, meter };
    const batch = await withKey(deps, key, (held) => receiveBatch(reception, held));
    const location = context.var.links.href('batch', { id: batch.id });
    context.header('location', location);
    return sendJson(context, await batchJson(batch, context), 201);
  });
}

interface Reception {
  context: Context<ApiEnv>;
  deps: ApiDeps;
  slots: UploadSlots;
  meter: UploadMeter;
}

/** Waits for a slot, reads the form and creates its batch. A key that already has a batch returns that batch. */
async function receiveBatch({ context, deps, slots, meter }: Reception, key?: ReservedKey): Promise<Batch> {
  const { batches, links, presets } = deps.config;
  const address = callerAddress(context, links);
  // Slots limit uploads, which wait for their bodies.
  context.var.turn.release();
  const slot = await slots.acquire(context.req.raw, { address, count: (bytes) => meter.count(bytes) });
  try {
    if (!isForm(slot.request.headers)) {
      throw new AppError('unsupported_media_type', 'Send multipart/form-data with each image in a part named file.');
    }
    const form = readForm(slot.request, { filesMax: batches.maxFiles, formMaxBytes: batches.maxBytes });
    const query = readQuery(context.req.url);
    const specs = async () => parseOptions(joinFields(query, await form.fields()), presets);
    const { owner, trace } = context.var;
    const upload = { owner, files: filesOf(form), specs, key, trace: trace.traceparent };
    const batch = await createBatch(deps, upload, uploadLimits(deps.config));
    if (!key?.first) {
      deps.metrics.jobsCreated.inc(batch.jobs.length);
      const costMs = batch.jobs.reduce((sum, job) => sum + (job.costMs ?? 0), 0);
      await countRendering(context, deps, costMs);
    }
    return batch;
  } finally {
    slot.release();
    await meter.close();
  }
}

async function* filesOf(form: Form): AsyncGenerator<BatchFile> {
  for (let file = await form.nextFile(); file; file = await form.nextFile()) yield file;
}
