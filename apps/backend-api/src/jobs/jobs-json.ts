import type { z } from '@hono/zod-openapi';
import type { Job } from '@thumbnail-api/jobs';
import { mapInSlices } from '@thumbnail-api/resilience';
import type { Links } from '../http/actions.ts';
import type { JsonText } from '../http/send-json.ts';
import type { jobSchema } from './job-schema.ts';
import { presentJob } from './present-job.ts';

/** The JSON array of jobs, made so that a long list does not keep other requests of the process waiting. */
export async function jobsJson(jobs: Job[], links: Links): Promise<JsonText<z.output<typeof jobSchema>[]>> {
  const texts = await mapInSlices(jobs, (job) => JSON.stringify(presentJob(job, links)));
  return `[${texts.join(',')}]` as JsonText<z.output<typeof jobSchema>[]>;
}
