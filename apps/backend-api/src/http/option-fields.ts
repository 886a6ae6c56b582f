import { z } from '@hono/zod-openapi';
import { specFields } from '@thumbnail-api/spec';

/** The options of a job as form fields or query parameters, for the document; `parseOptions` is what checks them. */
export const optionFields = {
  ...specFields,
  preset: z.string().optional().meta({ description: 'A named spec, instead of the above.', example: 'card' }),
  thumbnails: z.string().optional().meta({
    description: 'A JSON array of up to 10 specs, each with a unique `name`, instead of the above.',
    example: '[{"name":"small","width":64},{"name":"large","width":1024,"format":"avif"}]',
  }),
};
