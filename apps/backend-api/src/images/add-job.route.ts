import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { addJob } from '@thumbnail-api/jobs';
import { parseOptions, parseOptionsText, type Spec, specFields } from '@thumbnail-api/thumbnail-spec';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { needs } from '../access/security-schemes.ts';
import { assertMayRender, countRendering } from '../access/work-budget.ts';
import type { ApiDeps } from '../deps.ts';
import { preferHeader } from '../events/prefer.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { idempotencyHeader, readIdempotencyKey, withKey } from '../http/idempotency-key.ts';
import { invalidParameter } from '../http/invalid-parameter.ts';
import { type Paths, toRoutePath } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { readQuery } from '../http/read-query.ts';
import { optionFields } from '../jobs/option-fields.ts';
import { createdJobResponse, sendCreatedJob } from '../jobs/send-job.ts';
import { imageIdParameter } from './image-schema.ts';

const bodyMaxBytes = 64 * 1024;
const thumbnails = z.array(z.object({ name: z.string(), ...specFields, preset: optionFields.preset })).optional();
const options = z.object({ ...optionFields, thumbnails }).meta({ id: 'Options' });

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.imageJobs,
    operationId: 'addJob',
    ...needs('write'),
    tags: ['Images'],
    summary: 'Request more thumbnails of an image',
    description: 'Creates another job for the stored original. Send the options as JSON or in the query.',
    request: {
      params: imageIdParameter,
      query: z.object(optionFields),
      headers: preferHeader.extend(idempotencyHeader.shape),
      body: { content: { 'application/json': { schema: options, example: { width: 640, format: 'avif' } } } },
    },
    responses: {
      201: createdJobResponse,
      ...problems(
        'unauthorized',
        'forbidden',
        'not_found',
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
 * `POST /images/{id}/jobs`.
 *
 * The route is declared for the OpenAPI document only: `parseOptions` validates the options and reports every error.
 */
export function registerAddJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const limitBody = bodyLimit({
    maxSize: bodyMaxBytes,
    onError: () => {
      throw new AppError('payload_too_large', `The body must be at most ${bodyMaxBytes} bytes.`);
    },
  });

  app.openAPIRegistry.registerPath(routeOf(deps.paths));
  app.post(toRoutePath(deps.paths.imageJobs), limitBody, async (context) => {
    const parameters = imageIdParameter.safeParse(context.req.param());
    if (!parameters.success) throw invalidParameter(parameters.error);
    const requestKey = readIdempotencyKey(context);
    await assertMayRender(context, deps);
    const specs = await readSpecs(context, deps);
    const { visibleOwner: owner, trace } = context.var;
    const input = { owner, imageId: parameters.data.id, specs, trace: trace.traceparent };
    const job = await withKey(deps, requestKey, async (key) => {
      const { images, bounds } = deps.config;
      const added = await addJob(deps, { ...input, key }, { ...images, bounds });
      if (key?.first) return added;
      deps.metrics.jobsCreated.inc();
      await countRendering(context, deps, added.costMs ?? 0);
      return added;
    });
    return sendCreatedJob(context, deps, job);
  });
}

async function readSpecs(context: Context<ApiEnv>, { config }: ApiDeps): Promise<Spec[]> {
  const type = context.req.header('content-type') ?? '';
  const query = readQuery(context.req.url);
  const text = await context.var.turn.pauseFor(() => context.req.text());
  if (text === '') return parseOptions(query, config.presets);
  if (Object.keys(query).length > 0) {
    throw new AppError('invalid_parameter', 'Send the options as JSON or in the query, not both.');
  }
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new AppError('unsupported_media_type', 'Send the options as application/json or in the query.');
  }
  return parseOptionsText(text, config.presets);
}
