import type { App } from '@thumbnail-api/testing/processes';
import type { SourceImage } from '../pictures/pictures.ts';

/** A job as the API shows it, as far as it is looked at here. */
export interface ShownJob {
  id: string;
  status: string;
  image: { id: string };
  error: { code: string } | null;
}

/** How an upload is sent. */
export interface SendOptions {
  options?: Record<string, string>;
  headers?: Record<string, string>;
}

/** Sends a picture as a form, and gives the job. Throws for every answer but 201. */
export function sendPicture({ url }: Pick<App, 'url'>, picture: SourceImage, { options, headers }: SendOptions = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(options ?? {})) form.append(name, value);
  form.append('file', new Blob([picture.bytes], { type: picture.type }), 'picture');
  return expectJob(fetch(`${url}/jobs`, { method: 'POST', body: form, ...(headers && { headers }) }));
}

/** Asks for other thumbnails of an image, and gives the job. Throws for every answer but 201. */
export function addJob({ url }: Pick<App, 'url'>, imageId: string, options: object): Promise<ShownJob> {
  const headers = { 'content-type': 'application/json' };
  return expectJob(fetch(`${url}/images/${imageId}/jobs`, { method: 'POST', body: JSON.stringify(options), headers }));
}

/** Does something so often, some at a time. */
export async function repeat(times: number, atATime: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  const turn = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, times) }, turn));
}

async function expectJob(answer: Promise<Response>): Promise<ShownJob> {
  const response = await answer;
  if (response.status !== 201) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as ShownJob;
}
