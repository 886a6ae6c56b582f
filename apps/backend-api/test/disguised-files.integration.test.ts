import { openImage, paintImage } from '@thumbnail-api/testing/images';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

/** A JPEG with a web page in its comment: a browser that guesses could run it. */
async function polyglot(): Promise<Blob> {
  const jpeg = await openImage(paintImage(9, 9)).jpeg().toBuffer();
  const page = Buffer.from('<!doctype html><script>alert(1)</script>');
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, page.length + 2]), page]);
  return new Blob([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}

const asForm = (bytes: Blob) => {
  const form = new FormData();
  form.append('file', new File([bytes], 'page.html', { type: 'text/html' }));
  return { body: form };
};
const asBody = (bytes: Blob) => ({
  body: bytes,
  headers: { 'content-type': 'image/svg+xml', 'content-disposition': 'attachment; filename="page.html"' },
});

test.each([
  ['in a form', asForm],
  ['as the body', asBody],
])('an image that is declared as a web page is stored and sent as what its bytes are, %s', async (_, declare) => {
  const response = await api.request('/jobs', { method: 'POST', ...declare(await polyglot()) });
  expect(response.status).toBe(201);
  const { id, image } = jobSchema.parse(await response.json());
  expect(image.type).toBe('image/jpeg');
  const stored = await api.deps.store.find(`originals/${image.id}`);
  expect(stored?.type).toBe('image/jpeg');
  await stored?.body.cancel();
  for (const path of [`/jobs/${id}/original`, `/images/${image.id}/original`]) {
    const { headers } = await api.request(path, { method: 'HEAD' });
    expect(headers.get('content-type')).toBe('image/jpeg');
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});
