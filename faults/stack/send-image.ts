import { drawQuarters } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';

/** An upload as its client saw it. */
export interface Upload {
  /** File name, different for each upload. */
  name: string;
  /** Whether the image can be rendered. */
  isValid: boolean;
  /** `accepted` for 201, `refused` for 4xx, `unknown` for 5xx and for no answer. */
  outcome: 'accepted' | 'refused' | 'unknown';
  /** Of the job; null when the upload was not accepted. */
  id: string | null;
  /** 0 when there was no answer. */
  status: number;
  /** The `Retry-After` header. */
  retryAfter: string | null;
}

/** How an image is uploaded. */
export interface SendOptions {
  /** Default: true. With false the header is valid and the pixels are missing: only the renderer can notice. */
  isValid?: boolean;
  options?: Record<string, string>;
  headers?: Record<string, string>;
  /** Default: 45 seconds. */
  timeoutMs?: number;
}

const validImage = await drawQuarters(48, 32);
const corruptImage = validImage.slice(0, 60);

/** Uploads a small image under a new name and returns the outcome. Never throws. */
export async function sendImage(api: Pick<App, 'url'>, send: SendOptions = {}): Promise<Upload> {
  const { isValid = true, options = {}, timeoutMs = 45_000 } = send;
  const name = `image-${Bun.randomUUIDv7()}.png`;
  const form = new FormData();
  for (const [field, value] of Object.entries(options)) form.append(field, value);
  form.append('file', new Blob([isValid ? validImage : corruptImage]), name);
  const request = {
    method: 'POST',
    body: form,
    // A reused connection may still suffer from an earlier fault.
    headers: { connection: 'close', ...send.headers },
    keepalive: false,
    signal: AbortSignal.timeout(timeoutMs),
  };
  try {
    const response = await fetch(`${api.url}/jobs`, request);
    const { id = null } = (await response.json()) as { id?: string };
    const { status } = response;
    const outcome = status === 201 ? 'accepted' : status < 500 ? 'refused' : 'unknown';
    return { name, isValid, outcome, id, status, retryAfter: response.headers.get('retry-after') };
  } catch {
    return { name, isValid, outcome: 'unknown', id: null, status: 0, retryAfter: null };
  }
}

/** Uploads an image and returns the id of its job. @throws Error when the upload is not accepted */
export async function sendAccepted(api: Pick<App, 'url'>, options: SendOptions = {}): Promise<string> {
  const { outcome, id, status } = await sendImage(api, options);
  if (outcome !== 'accepted' || !id) throw new Error(`not accepted: ${status}`);
  return id;
}
