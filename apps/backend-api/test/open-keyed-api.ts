import { drawQuarters } from '@thumbnail-api/testing';
import { batchSchema } from '../src/batches/batch-schema.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi } from './open-test-api.ts';
import { bearer, keyed, makeKeys } from './test-keys.ts';

/** A test API that requires keys, and whose jobs have all ended. */
export type KeyedApi = Awaited<ReturnType<typeof openKeyedApi>>;

/** Opens a test API that requires keys, with one job and one batch that have ended. The caller closes it. */
export async function openKeyedApi() {
  const api = await openTestApi({ config: { access: keyed } });
  const keys = await makeKeys(api.deps);
  const send = (path: string, init: RequestInit = {}, key = keys.write) =>
    api.request(path, { ...init, headers: { ...bearer(key), ...(init.headers as Record<string, string>) } });
  const image = await drawQuarters(20, 20);
  const form = new FormData();
  form.append('file', new Blob([image]), 'a.png');
  const post = async (path: string) => (await send(path, { method: 'POST', body: form })).json();
  /** Creates a job, an image and a batch with jobs that have ended; returns their ids by the first segment of their path. */
  const createResources = async (): Promise<Record<string, string>> => {
    const job = jobSchema.parse(await post('/jobs'));
    await endJob(api.deps, job.id);
    const batch = batchSchema.parse(await post('/batches'));
    for (const { id } of batch.jobs) await endJob(api.deps, id);
    return { jobs: job.id, images: job.image.id, batches: batch.id };
  };
  return { ...api, keys, image, ids: await createResources(), createResources, send };
}
