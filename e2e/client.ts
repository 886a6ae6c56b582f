import { z } from 'zod';
import { waitUntil } from './wait-until.ts';

const actionSchema = z.object({ name: z.string(), method: z.string(), href: z.url(), type: z.string() });
const resourceSchema = z.looseObject({ actions: z.array(actionSchema) });
const thumbnailSchema = z.looseObject({ name: z.string(), type: z.string(), width: z.number(), height: z.number() });
const jobSchema = resourceSchema.extend({
  id: z.string(),
  status: z.string(),
  thumbnails: z.array(thumbnailSchema),
  error: z.looseObject({ code: z.string() }).nullable(),
});

/** A job as the API returns it. */
export type Job = z.output<typeof jobSchema>;

/** Opens a client that starts at `entryPoint` and finds every other URL by following actions. `key` is an API key. */
export function openClient(entryPoint: string, key?: string) {
  const authorization = { ...(key && { authorization: `Bearer ${key}` }) };
  const follow = (
    resource: z.output<typeof resourceSchema>,
    name: string,
    { body, headers }: { body?: FormData; headers?: Record<string, string> } = {},
  ): Promise<Response> => {
    const action = resource.actions.find((offered) => offered.name === name);
    if (!action) throw new Error(`no action ${name} among ${resource.actions.map((offered) => offered.name)}`);
    return fetch(action.href, {
      method: action.method,
      headers: { ...authorization, ...headers },
      ...(body && { body }),
    });
  };
  const send = async (
    bytes: Uint8Array<ArrayBuffer>,
    options: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) => {
    const start = resourceSchema.parse(await (await fetch(entryPoint, { headers: authorization })).json());
    const form = new FormData();
    for (const [name, value] of Object.entries(options)) form.append(name, value);
    form.append('file', new Blob([bytes]), 'image');
    return follow(start, 'Create Job', { body: form, headers });
  };
  const create = async (bytes: Uint8Array<ArrayBuffer>, options: Record<string, string> = {}) => {
    const response = await send(bytes, options);
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return jobSchema.parse(await response.json());
  };
  const waitForEnd = (created: Job) =>
    waitUntil(`job ${created.id} ends`, async () => {
      const job = jobSchema.parse(await (await follow(created, 'View Details')).json());
      return (job.status === 'success' || job.status === 'error') && job;
    });
  return {
    follow,
    /** Uploads an image and returns the response. */
    send,
    /** Uploads an image and returns its job. */
    create,
    /** Uploads an image and polls its job until it ends. */
    run: async (bytes: Uint8Array<ArrayBuffer>, options: Record<string, string> = {}) =>
      waitForEnd(await create(bytes, options)),
    /** Uploads an image with `Prefer: wait=30`, and downloads the thumbnail that the returned job offers. */
    runWaiting: async (bytes: Uint8Array<ArrayBuffer>) => {
      const response = await send(bytes, {}, { prefer: 'wait=30' });
      const job = jobSchema.parse(await response.json());
      const thumbnail = await (await follow(job, 'Download')).bytes();
      return { response, job, thumbnail };
    },
    /** Follows `Download`. */
    download: async (job: Job) => {
      const response = await follow(job, 'Download');
      return { type: response.headers.get('content-type'), bytes: new Uint8Array(await response.arrayBuffer()) };
    },
  };
}
