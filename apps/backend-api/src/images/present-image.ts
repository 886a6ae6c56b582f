import type { z } from '@hono/zod-openapi';
import type { Image } from '@thumbnail-api/jobs';
import type { Links } from '../http/actions.ts';
import { presentJob } from '../jobs/present-job.ts';
import { cleanFilename } from '../uploads/clean-filename.ts';
import { imageActions } from './image-actions.ts';
import type { imageResourceSchema } from './image-schema.ts';

/** Converts an image to its JSON representation. */
export function presentImage(image: Image, links: Links): z.output<typeof imageResourceSchema> {
  const { id, filename, type, width, height, bytes, sha256 } = image;
  return {
    ...{ id, filename: cleanFilename(filename), type, width, height, bytes, sha256 },
    createdAt: image.createdAt.toISOString(),
    jobs: image.jobs.map((job) => presentJob(job, links)),
    actions: imageActions(image, links),
  };
}
