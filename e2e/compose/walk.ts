import sharp from 'sharp';
import { until } from './until.ts';

/** A link as the API offers it. */
interface Action {
  name: string;
  method: string;
  href: string;
}

/** A resource of the API, as far as a walk needs it. */
export interface Resource {
  id: string;
  status: string;
  error: { code: string; message: string } | null;
  actions: Action[];
}

/** Follows the action of that name. @throws Error when it is not offered or not answered with a 2xx */
export async function follow(resource: Pick<Resource, 'actions'>, name: string, body?: FormData): Promise<Response> {
  const action = resource.actions.find((offered) => offered.name === name);
  if (!action) throw new Error(`${name} is not offered`);
  const init = { method: action.method, signal: AbortSignal.timeout(30_000), ...(body ? { body } : {}) };
  const response = await fetch(action.href, init);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return response;
}

/** Sends a picture, beginning at `/`. */
export async function sendPicture(url: string, picture: Uint8Array<ArrayBuffer>): Promise<Resource> {
  const entry = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(10_000) });
  const form = new FormData();
  form.set('file', new File([picture], 'picture.png', { type: 'image/png' }));
  return (await (await follow((await entry.json()) as Resource, 'Create Job', form)).json()) as Resource;
}

/** Follows `View Details` until the job has ended. */
export const waitForEnd = (job: Resource): Promise<Resource> =>
  until(async () => {
    const seen = (await (await follow(job, 'View Details')).json()) as Resource;
    return ['success', 'error'].includes(seen.status) ? seen : undefined;
  });

/** From `/` to the thumbnail: send, wait, download. */
export async function walk(url: string): Promise<{ job: Resource; thumbnail: Uint8Array }> {
  const job = await waitForEnd(await sendPicture(url, await makePicture(640, 480)));
  if (job.error) throw new Error(`the job ended in ${job.error.code}: ${job.error.message}`);
  const thumbnail = await (await follow(job, 'Download')).bytes();
  return { job, thumbnail };
}

/** A PNG of noise, so that no two are alike and none is small. */
export async function makePicture(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 };
  const picture = sharp({ create: { width, height, channels: 3, background: '#808080', noise } }).png();
  return new Uint8Array(await picture.toBuffer());
}
