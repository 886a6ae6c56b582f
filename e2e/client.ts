import { z } from 'zod';

const actionSchema = z.object({ name: z.string(), method: z.string(), href: z.url(), type: z.string() });
const resourceSchema = z.looseObject({ actions: z.array(actionSchema) });
const thumbnailSchema = z.looseObject({ name: z.string(), type: z.string(), width: z.number(), height: z.number() });
const jobSchema = resourceSchema.extend({
  id: z.string(),
  status: z.string(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  thumbnails: z.array(thumbnailSchema),
  error: z.looseObject({ code: z.string() }).nullable(),
});

export type Job = z.output<typeof jobSchema>;

/** A client that is given one URL, and a key where one is asked for, and follows actions from there. */
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
    bytes: Uint8Array<ArrayBuffer> | Blob,
    options: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) => {
    const start = resourceSchema.parse(await (await fetch(entryPoint, { headers: authorization })).json());
    const form = new FormData();
    for (const [name, value] of Object.entries(options)) form.append(name, value);
    form.append('file', bytes instanceof Blob ? bytes : new Blob([bytes]), 'picture');
    return follow(start, 'Create Job', { body: form, headers });
  };
  const untilEnded = async (created: Job) => {
    const end = performance.now() + 60_000;
    let job = created;
    while (job.status === 'uploaded' || job.status === 'processing') {
      if (performance.now() > end) throw new Error(`the job is still ${job.status}`);
      await Bun.sleep(50);
      job = jobSchema.parse(await (await follow(job, 'View Details')).json());
    }
    return job;
  };
  const create = async (bytes: Uint8Array<ArrayBuffer>, options: Record<string, string> = {}) => {
    const response = await send(bytes, options);
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return jobSchema.parse(await response.json());
  };
  return {
    follow,
    send,
    /** Sends a picture and gives its job. */
    create,
    /** Sends a picture and follows its job to the end. */
    run: async (bytes: Uint8Array<ArrayBuffer>, options: Record<string, string> = {}) =>
      untilEnded(await create(bytes, options)),
    /** Sends a picture, waits in the same request for its job to end, and gets the thumbnail. */
    runWaiting: async (bytes: Uint8Array<ArrayBuffer>) => {
      const response = await send(bytes, {}, { prefer: 'wait=30' });
      const job = jobSchema.parse(await response.json());
      const thumbnail = await (await follow(job, 'Download')).bytes();
      return { response, job, thumbnail };
    },
    /** The bytes behind `Download`. */
    download: async (job: Job) => {
      const response = await follow(job, 'Download');
      return { type: response.headers.get('content-type'), bytes: new Uint8Array(await response.arrayBuffer()) };
    },
  };
}
