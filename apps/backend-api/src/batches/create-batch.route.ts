import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { type BatchFile, createBatch } from '@thumbnail-api/jobs';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import { callerAddress } from '../access/caller-address.ts';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { batchLinks } from '../documentation/operation-links.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { withTrace } from '../http/with-trace.ts';
import { optionFields } from '../jobs/option-fields.ts';
import { countUpload } from '../uploads/count-upload.ts';
import { type Form, readForm } from '../uploads/read-form.ts';
import type { UploadSlots } from '../uploads/upload-slots.ts';
import { batchSchema } from './batch-schema.ts';
import { presentBatch } from './present-batch.ts';

const file = z.array(z.instanceof(Blob).openapi({ type: 'string', format: 'binary' })).min(1);

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.batches,
    operationId: 'createBatch',
    ...needs('write'),
    tags: ['Batches'],
    summary: 'Send many images and ask for the same thumbnails of each',
    description:
      'Each file, in a part named `file`, `image`, `files` or `images`, is accepted or refused for itself. The answer comes once every accepted original is stored and all jobs are committed. A fault of the form itself, of the options, or too many bytes in all refuse the whole batch.',
    request: {
      query: z.object(optionFields),
      body: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: z.object({ file, ...optionFields }),
            encoding: { file: { contentType: 'image/*' } },
          },
        },
      },
    },
    responses: {
      201: {
        description: 'What was accepted is kept.',
        headers: { Location: { description: 'The batch.', schema: { type: 'string', format: 'uri' } } },
        content: { 'application/json': { schema: batchSchema } },
        links: batchLinks,
      },
      ...problems(
        'unauthorized',
        'forbidden',
        'file_missing',
        'too_many_files',
        'malformed_multipart',
        'request_timeout',
        'payload_too_large',
        'unsupported_media_type',
        'invalid_parameter',
      ),
    },
  });

/** `POST /batches`. Registered for the document only: a declared form would be read whole before the handler runs. */
export function registerCreateBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, slots: UploadSlots): void {
  const { upload, batches, images, presets } = deps.config;
  const limits = { ...images, uploadMaxBytes: upload.maxBytes, uploadDeadlineMs: upload.deadlineMs };

  app.openAPIRegistry.registerPath(routeOf(deps.paths));
  app.post(deps.paths.batches, async (context) => {
    const { count, settle } = await countUpload(context, deps);
    const from = callerAddress(context, deps.config.links);
    const slot = await slots.take(context.req.raw, { from, count });
    try {
      if (!/^multipart\/form-data\s*;/i.test(context.req.header('content-type') ?? '')) {
        throw new AppError(
          'unsupported_media_type',
          'Send multipart/form-data with each picture in a part named file.',
        );
      }
      const form = readForm(slot.request, { filesMax: batches.maxFiles, formMaxBytes: batches.maxBytes });
      const specs = async () => parseOptions({ ...context.req.query(), ...(await form.fields()) }, presets);
      const files = { owner: context.var.owner, files: filesOf(form), specs };
      const batch = await createBatch(withTrace(deps, context), files, limits);
      deps.metrics.jobsCreated.inc(batch.jobs.length);
      const location = context.var.links.href('batch', { id: batch.id });
      return context.json(presentBatch(batch, context), 201, { location, 'cache-control': 'no-store' });
    } finally {
      slot.release();
      await settle();
    }
  });
}

async function* filesOf(form: Form): AsyncGenerator<BatchFile> {
  for (let file = await form.nextFile(); file; file = await form.nextFile()) yield file;
}
