import { drawQuarters } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import type { Upload } from '../checker/history.ts';

const good = await drawQuarters(48, 32);
/** Its header is well, its pixels are not: taken in, and found out by the renderer. */
const corrupt = good.slice(0, 60);
let count = 0;

/** An upload, and what its answer said of another try. */
export interface SentPicture extends Upload {
  retryAfter: string | null;
}

/** How a picture is sent. */
export interface SendOptions {
  good?: boolean;
  options?: Record<string, string>;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** Sends a small picture under a name of its own and tells what became of it; never throws. */
export async function sendPicture(api: Pick<App, 'url'>, options: SendOptions = {}): Promise<SentPicture> {
  count += 1;
  const name = `picture-${count}-${Bun.randomUUIDv7()}.png`;
  const isGood = options.good ?? true;
  const form = new FormData();
  for (const [field, value] of Object.entries(options.options ?? {})) form.append(field, value);
  form.append('file', new Blob([isGood ? good : corrupt]), name);
  const base = { name, good: isGood, atMs: performance.now() };
  try {
    const signal = AbortSignal.timeout(options.timeoutMs ?? 45_000);
    // A connection of its own: one that is kept would carry the fault before into this request.
    const headers = { connection: 'close', ...options.headers };
    const response = await fetch(`${api.url}/jobs`, { method: 'POST', body: form, signal, headers, keepalive: false });
    const body = (await response.json()) as { id?: string };
    const { status } = response;
    const outcome = status === 201 ? 'accepted' : status < 500 ? 'refused' : 'unknown';
    const retryAfter = response.headers.get('retry-after');
    return { ...base, outcome, id: body.id ?? null, status, retryAfter, atMs: performance.now() };
  } catch {
    return { ...base, outcome: 'unknown', id: null, status: 0, retryAfter: null, atMs: performance.now() };
  }
}

/** Sends one that must be accepted, and gives its job's id. */
export async function sendAccepted(api: Pick<App, 'url'>, options: SendOptions = {}): Promise<string> {
  const upload = await sendPicture(api, options);
  if (upload.outcome !== 'accepted' || !upload.id) throw new Error(`not accepted: ${upload.status}`);
  return upload.id;
}
