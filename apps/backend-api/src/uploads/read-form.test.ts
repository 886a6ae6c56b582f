import { createHash } from 'node:crypto';
import { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from '@thumbnail-api/storage';
import { expect, test } from 'vitest';
import { readForm } from './read-form.ts';

const limits = { filesMax: 3, formMaxBytes: 10 * 1024 ** 2 };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const randomBytes = (length: number) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
};
const files = [300_000, 0, 1_500_001].map(randomBytes);

/** A form with these files, in chunks of a size. The memory of each chunk is freed when the next one is read. */
async function send(sent: Uint8Array<ArrayBuffer>[], chunkBytes: number, cutBytes = 0, formMaxBytes = 10 * 1024 ** 2) {
  const form = new FormData();
  for (const file of sent) form.append('file', new Blob([file]), 'a.png');
  form.append('width', '10');
  const { headers, whole } = await encode(form);
  let position = 0;
  let lent: Uint8Array<ArrayBuffer> | undefined;
  const body: ByteSource = {
    async next() {
      lent?.buffer.transfer(0);
      lent = whole.slice(position, Math.min(position + chunkBytes, whole.length - cutBytes));
      position += chunkBytes;
      return await Promise.resolve(lent.length > 0 ? lent : undefined);
    },
    cancel: () => undefined,
  };
  return readForm({ url: 'http://localhost/jobs', headers, body }, { ...limits, formMaxBytes });
}

async function encode(form: FormData) {
  const response = new Response(form);
  return { headers: response.headers, whole: await response.bytes() };
}

async function drain(body: ByteSource): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for (let chunk = await body.next(); chunk; chunk = await body.next()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test.each([7_000, 65_536, 1024 ** 2, 10 * 1024 ** 2])(
  'every byte of every file is read although a chunk of %i bytes is freed when the next one is read',
  async (chunkBytes) => {
    const form = await send(files, chunkBytes);
    const sums: string[] = [];
    for (let file = await form.nextFile(); file; file = await form.nextFile())
      sums.push(sha256(await drain(file.body)));
    expect(sums).toEqual(files.map(sha256));
    expect(await form.fields()).toEqual({ width: '10' });
  },
);

test('a file that is cancelled is dropped, and the file after it is complete', async () => {
  const form = await send(files, 65_536);
  const first = await form.nextFile();
  await first?.body.next();
  first?.body.cancel();
  await form.nextFile();
  const third = await form.nextFile();
  expect(sha256(await drain(third?.body as ByteSource))).toBe(sha256(files[2] as Uint8Array));
});

test('nothing is kept of a file that is cancelled, although its bytes are parsed', async () => {
  const form = await send(files, 65_536);
  const first = await form.nextFile();
  first?.body.cancel();
  expect(await form.fields()).toEqual({ width: '10' });
  expect(await first?.body.next()).toBeUndefined();
});

test('a form without a Content-Length is rejected as soon as it passes the limit', async () => {
  const chunkBytes = 65_536;
  const form = await send([randomBytes(4 * 1024 ** 2)], chunkBytes, 0, 1024 ** 2);
  const file = await form.nextFile();
  let bytes = 0;
  const reading = async () => {
    for (let chunk = await file?.body.next(); chunk; chunk = await file?.body.next()) bytes += chunk.length;
  };
  await expect(reading()).rejects.toMatchObject({ code: 'payload_too_large' });
  expect(bytes).toBeGreaterThan(1024 ** 2 - 2 * chunkBytes);
  expect(bytes).toBeLessThanOrEqual(1024 ** 2);
});

test.each([10, 1_000_000])('a form without its last %i bytes is malformed', async (cut) => {
  const form = await send([files[2] as Uint8Array<ArrayBuffer>], 65_536, cut);
  const file = await form.nextFile();
  const reading = drain(file?.body as ByteSource).then(() => form.fields());
  await expect(reading).rejects.toMatchObject({ code: 'malformed_multipart' });
});

test('an error of the body is thrown unchanged by every call', async () => {
  const gone = new AppError('request_timeout', 'The upload took too long.');
  const { headers } = await encode(new FormData());
  const body = { next: () => Promise.reject(gone), cancel: () => undefined };
  const form = readForm({ url: 'http://localhost/jobs', headers, body }, limits);
  await expect(form.nextFile()).rejects.toBe(gone);
  await expect(form.fields()).rejects.toBe(gone);
});
