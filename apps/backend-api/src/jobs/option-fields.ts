import { z } from '@hono/zod-openapi';
import { specFields } from '@thumbnail-api/thumbnail-spec';

/** The options of a job as form fields or query parameters, for the document; `parseOptions` is what checks them. */
export const optionFields = {
  ...specFields,
  // No examples: Swagger UI would send them, and they exclude each other.
  preset: z.string().optional().meta({ description: 'A named spec such as `card`, instead of the above.' }),
  thumbnails: z.string().optional().meta({
    description:
      'A JSON array of up to 10 specs, each with a unique `name`, instead of the above: `[{"name":"small","width":64},{"name":"large","width":1024,"format":"avif"}]`.',
  }),
};
