import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { addJob } from '@thumbnail-api/jobs';
import { parseJsonOptions, parseOptions, type Spec, specFields } from '@thumbnail-api/thumbnail-spec';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { needs } from '../access/security-schemes.ts';
import type { ApiDeps } from '../deps.ts';
import { jobLinks } from '../documentation/operation-links.ts';
import { preferHeader } from '../events/prefer.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { invalidParameter } from '../http/invalid-parameter.ts';
import { type Paths, toRoutePath } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { withTrace } from '../http/with-trace.ts';
import { imageIdParameter } from '../jobs/id-parameter.ts';
import { jobHeaders } from '../jobs/job-headers.ts';
import { jobSchema } from '../jobs/job-schema.ts';
import { optionFields } from '../jobs/option-fields.ts';
import { sendCreatedJob } from '../jobs/send-created-job.ts';

const bodyMaxBytes = 64 * 1024;
const specs = z.array(z.object({ name: z.string(), ...specFields, preset: optionFields.preset }));
const options = z.object({ ...optionFields, thumbnails: specs.optional() }).meta({ id: 'Options' });

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'post',
    path: paths.imageJobs,
    operationId: 'addJob',
    ...needs('write'),
    tags: ['Images'],
    summary: 'Ask for more thumbnails of an image that is kept',
    description: 'The options come as JSON, or in the query. A finished job itself never changes.',
    request: {
      params: imageIdParameter,
      query: z.object(optionFields),
      headers: preferHeader,
      body: { content: { 'application/json': { schema: options, example: { width: 640, format: 'avif' } } } },
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
        'not_found',
        'payload_too_large',
        'unsupported_media_type',
        'invalid_parameter',
        'image_too_large',
      ),
    },
  });

/** `POST /images/{id}/jobs`. Registered for the document only: the options have one reader, which names every fault. */
export function registerAddJob(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const tooLarge = () => {
    throw new AppError('payload_too_large', `The body is larger than ${bodyMaxBytes} bytes.`);
  };

  app.openAPIRegistry.registerPath(routeOf(deps.paths));
  app.post(
    toRoutePath(deps.paths.imageJobs),
    bodyLimit({ maxSize: bodyMaxBytes, onError: tooLarge }),
    async (context) => {
      const parsed = imageIdParameter.safeParse(context.req.param());
      if (!parsed.success) throw invalidParameter(parsed.error);
      const added = { owner: context.var.owner, imageId: parsed.data.id, specs: await readSpecs(context, deps) };
      const job = await addJob(withTrace(deps, context), added, deps.config.images);
      deps.metrics.jobsCreated.inc();
      return sendCreatedJob(context, deps, job);
    },
  );
}

async function readSpecs(context: Context<ApiEnv>, { config }: ApiDeps): Promise<Spec[]> {
  const type = context.req.header('content-type') ?? '';
  const query = context.req.query();
  const text = await context.req.text();
  if (text === '') return parseOptions(query, config.presets);
  if (Object.keys(query).length > 0) {
    throw new AppError('invalid_parameter', 'Send the options as JSON or in the query, not both.');
  }
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new AppError('unsupported_media_type', 'Send the options as application/json, or in the query.');
  }
  return parseJsonOptions(parseJson(text), config.presets);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid_parameter', 'The body is not JSON.', { cause: error });
  }
}
