import { z } from '@hono/zod-openapi';
import { actionSchema } from '../http/actions.ts';

const time = () => z.iso.datetime().meta({ example: '2026-11-20T12:00:00.000Z' });
const sha256 = () =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'SHA-256 of the bytes, in hexadecimal.' });
const milliseconds = (description: string) => z.int().min(0).meta({ description });

/** The picture that was sent, as a job shows it. */
export const imageSchema = z
  .object({
    id: z.uuid(),
    filename: z.string().nullable().meta({ example: 'cat.jpg' }),
    type: z.string().meta({ description: 'Read from the bytes, whatever was declared.', example: 'image/jpeg' }),
    width: z.int().nullable().meta({ description: 'Upright, in pixels; null until it is known.' }),
    height: z.int().nullable().meta({ description: 'Upright, in pixels; null until it is known.' }),
    bytes: z.int(),
    sha256: sha256(),
  })
  .meta({ id: 'JobImage' });

/** One rendition. */
export const thumbnailSchema = z
  .object({
    name: z.string().meta({ example: 'default' }),
    type: z.string().meta({ example: 'image/webp' }),
    width: z.int(),
    height: z.int(),
    bytes: z.int(),
    sha256: sha256(),
    thumbHash: z.string().meta({ description: 'ThumbHash in base64: a placeholder of some 25 bytes.' }),
    dominantColour: z.string().meta({ example: '#a08030' }),
    spec: z.record(z.string(), z.unknown()).meta({ description: 'What was asked for, defaults filled in.' }),
  })
  .meta({ id: 'Thumbnail' });

/** Why a job failed. */
const jobErrorSchema = z
  .object({
    code: z.string().meta({ description: 'Stable, for programs.', example: 'image_corrupt' }),
    message: z.string().meta({ description: 'For people.' }),
    retryable: z.boolean().meta({ description: 'May a person run it again?' }),
    attempts: z.int().meta({ description: 'How often it ran.' }),
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
        queuedMs: milliseconds('Waited for a worker.'),
        fetchMs: milliseconds('Fetching the original.'),
        renderMs: milliseconds('Decoding, resizing, encoding.'),
        storeMs: milliseconds('Storing the thumbnails.'),
      })
      .nullable(),
    actions: z.array(actionSchema),
  })
  .meta({ id: 'Job' });
