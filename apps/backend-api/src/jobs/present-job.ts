import type { z } from '@hono/zod-openapi';
import { isRetryable, type Job } from '@thumbnail-api/jobs';
import { toShownSpec } from '@thumbnail-api/thumbnail-spec';
import type { Links } from '../http/actions.ts';
import { cleanFilename } from '../uploads/clean-filename.ts';
import { jobActions } from './job-actions.ts';
import type { jobSchema } from './job-schema.ts';

/** Converts a job to its JSON representation. */
export function presentJob(job: Job, links: Links): z.output<typeof jobSchema> {
  const { id, filename, type, width, height, bytes, sha256 } = job.image;
  return {
    id: job.id,
    status: job.status,
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    image: { id, filename: cleanFilename(filename), type, width, height, bytes, sha256 },
    thumbnails: job.thumbnails.map(({ jobId: _job, position: _position, key: _key, spec, ...thumbnail }) => ({
      ...thumbnail,
      spec: toShownSpec(spec),
    })),
    error: job.error && { ...job.error, retryable: isRetryable(job.error.code), attempts: job.run },
    timings: job.timings && {
      queuedMs: job.timings.queuedMs,
      fetchMs: job.timings.fetchMs,
      renderMs: job.timings.renderMs,
      storeMs: job.timings.storeMs,
    },
    actions: jobActions(job, links),
  };
}
