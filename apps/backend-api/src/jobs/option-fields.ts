import { z } from '@hono/zod-openapi';
import { specFields } from '@thumbnail-api/thumbnail-spec';

/** The options of a job as form fields or query parameters. For the OpenAPI document only: `parseOptions` validates them. */
export const optionFields = {
  ...specFields,
  // No examples: Swagger UI would send both, and these two cannot be combined.
  preset: z.string().optional().meta({
    description: 'The name of a preset such as `card`. Cannot be combined with the options above.',
  }),
  thumbnails: z.string().optional().meta({
    description:
      'A JSON array of up to 10 specs, each with a unique `name`: `[{"name":"small","width":64},{"name":"large","width":1024,"format":"avif"}]`. Cannot be combined with the options above.',
  }),
};
