import sharp from 'sharp';
import { waitUntil } from '../wait-until.ts';

/** A link that the API offers. */
interface Action {
  name: string;
  method: string;
  href: string;
}

/** A job as the API returns it. */
export interface Resource {
  id: string;
  status: string;
  error: { code: string; message: string } | null;
  actions: Action[];
}

/** Follows an action. @throws Error when the action is not offered or the status is not 2xx */
export async function follow(resource: Pick<Resource, 'actions'>, name: string, body?: FormData): Promise<Response> {
  const action = resource.actions.find((offered) => offered.name === name);
  if (!action) throw new Error(`${name} is not offered`);
  const init = { method: action.method, signal: AbortSignal.timeout(30_000), ...(body ? { body } : {}) };
  const response = await fetch(action.href, init);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return response;
}

/** Uploads an image, starting at the entry point `url`. */
export async function sendImage(url: string, image: Uint8Array<ArrayBuffer>): Promise<Resource> {
  const entry = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
  const form = new FormData();
  form.set('file', new File([image], 'image.png', { type: 'image/png' }));
  return (await (await follow((await entry.json()) as Resource, 'Create Job', form)).json()) as Resource;
}

/** Polls a job until it has ended. */
export const waitForEnd = (job: Resource): Promise<Resource> =>
  waitUntil(
    `job ${job.id} ends`,
    async () => {
      const current = (await (await follow(job, 'View Details')).json()) as Resource;
      return ['success', 'error'].includes(current.status) && current;
    },
    240_000,
  );

/** Uploads an image, waits for its job and downloads the thumbnail. @throws Error when the job fails */
export async function makeThumbnail(url: string): Promise<{ job: Resource; thumbnail: Uint8Array }> {
  const job = await waitForEnd(await sendImage(url, await drawNoise(640, 480)));
  if (job.error) throw new Error(`the job ended in ${job.error.code}: ${job.error.message}`);
  const thumbnail = await (await follow(job, 'Download')).bytes();
  return { job, thumbnail };
}

/** Draws a PNG of noise: each one is different, and it does not compress well. */
export async function drawNoise(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 };
  const image = sharp({ create: { width, height, channels: 3, background: '#808080', noise } }).png();
  return new Uint8Array(await image.toBuffer());
}
