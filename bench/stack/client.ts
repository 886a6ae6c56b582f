import type { App } from '@thumbnail-api/testing/processes';
import type { SourceImage } from '../images/open-images.ts';

/** The fields of a job that the bench reads. */
export interface Job {
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

/** Uploads an image as a form and returns its job. @throws Error when the status is not 201 */
export function sendImage({ url }: Pick<App, 'url'>, source: SourceImage, { options, headers }: SendOptions = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(options ?? {})) form.append(name, value);
  form.append('file', new Blob([source.bytes], { type: source.type }), 'image');
  return expectJob(fetch(`${url}/jobs`, { method: 'POST', body: form, ...(headers && { headers }) }));
}

/** Creates another job on an image and returns it. @throws Error when the status is not 201 */
export function addJob(
  { url }: Pick<App, 'url'>,
  imageId: string,
  options: object,
  sent: Record<string, string> = {},
): Promise<Job> {
  const headers = { 'content-type': 'application/json', ...sent };
  return expectJob(fetch(`${url}/images/${imageId}/jobs`, { method: 'POST', body: JSON.stringify(options), headers }));
}

/** Runs `work` `times` times, with at most `concurrency` running at once. */
export async function repeat(times: number, concurrency: number, work: () => Promise<unknown>): Promise<void> {
  let left = times;
  const runNext = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, times) }, runNext));
}

async function expectJob(answer: Promise<Response>): Promise<Job> {
  const response = await answer;
  if (response.status !== 201) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Job;
}
