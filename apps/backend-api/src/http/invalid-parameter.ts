import type { z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';

/** A failed validation as an error of ours: every field at fault by its RFC 6901 pointer. */
export const invalidParameter = (error: z.ZodError): AppError =>
  new AppError('invalid_parameter', 'One or more parameters are not valid.', {
    cause: error,
    fields: error.issues.map(({ path, message }) => ({
      pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      detail: message,
    })),
  });
