import { z } from '@hono/zod-openapi';
import { actionSchema } from '../http/actions.ts';

const time = () => z.iso.datetime().meta({ example: '2026-11-20T12:00:00.000Z' });
const sha256 = () =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'SHA-256 of the bytes, in hexadecimal.' });
const side = (name: string) =>
  z
    .int()
    .nullable()
    .meta({ description: `${name} of the upright image in pixels. Null until it is known.` });
const milliseconds = (description: string) => z.int().min(0).meta({ description });

/** The path parameter of a job. */
export const jobIdParameter = z.object({
  id: z.uuid({ error: 'must be a UUID' }).meta({ description: 'The id of the job.' }),
});

/** The image of a job. */
export const imageSchema = z
  .object({
    id: z.uuid(),
    filename: z.string().nullable().meta({ example: 'cat.jpg' }),
    type: z.string().meta({
      description: 'The media type, detected from the bytes. The declared type is ignored.',
      example: 'image/jpeg',
    }),
    width: side('Width'),
    height: side('Height'),
    bytes: z.int(),
    sha256: sha256(),
  })
  .meta({ id: 'JobImage' });

/** One thumbnail of a job. */
export const thumbnailSchema = z
  .object({
    name: z.string().meta({ example: 'default' }),
    type: z.string().meta({ example: 'image/webp' }),
    width: z.int(),
    height: z.int(),
    bytes: z.int(),
    sha256: sha256(),
    thumbHash: z.string().meta({ description: 'A ThumbHash in base64: a placeholder of about 25 bytes.' }),
    dominantColour: z.string().meta({ example: '#a08030' }),
    spec: z.record(z.string(), z.unknown()).meta({ description: 'The requested options, with all defaults.' }),
  })
  .meta({ id: 'Thumbnail' });

const jobErrorSchema = z
  .object({
    code: z.string().meta({ description: 'A stable code for programs.', example: 'image_corrupt' }),
    message: z.string().meta({ description: 'An explanation for people.' }),
    retryable: z.boolean().meta({ description: 'Whether the job can be retried.' }),
    attempts: z.int().meta({ description: 'How many times the job ran.' }),
  })
  .meta({ id: 'JobError' });

/** One request to make thumbnails of one image. */
export const jobSchema = z
  .object({
    id: z.uuid(),
    status: z.enum(['uploaded', 'processing', 'success', 'error']),
    createdAt: time(),
    startedAt: time().nullable(),
    finishedAt: time().nullable(),
    image: imageSchema,
    thumbnails: z.array(thumbnailSchema),
    error: jobErrorSchema.nullable(),
    timings: z
      .object({
        queuedMs: milliseconds('Waiting for a worker.'),
        fetchMs: milliseconds('Fetching the original.'),
        renderMs: milliseconds('Decoding, resizing and encoding.'),
        storeMs: milliseconds('Storing the thumbnails.'),
      })
      .nullable(),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'Job' });
