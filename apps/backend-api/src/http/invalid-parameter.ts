import type { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';

/** Turns a failed validation into `invalid_parameter`, with an RFC 6901 pointer for each invalid field. */
export const invalidParameter = (error: z.ZodError): AppError =>
  new AppError('invalid_parameter', 'One or more parameters are not valid. Correct the fields listed in errors.', {
    cause: error,
    fields: error.issues.map(({ path, message }) => ({
      pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      detail: message,
    })),
  });
