import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from './client.ts';
import { drawQuarters } from './images.ts';
import { findProcess, residentBytes } from './service-processes.ts';
import { type Service, startService } from './start-service.ts';

const mebibyte = 1024 ** 2;
let service: Service;
beforeAll(async () => {
  service = await startService({});
});
afterAll(() => service?.stop());

test('rejects uploads of 26 MiB with 413, and the API grows by less than 100 MB', async () => {
  const client = openClient(service.url);
  const large = new Uint8Array(26 * mebibyte);
  large.set(await drawQuarters(64, 64));
  const api = await findProcess(service.pid, 'backend-api');
  const before = await residentBytes(api);
  let peak = 0;
  for (let count = 0; count < 5; count += 1) {
    const response = await client.send(large);
    expect([response.status, response.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
    peak = Math.max(peak, await residentBytes(api));
  }
  expect(peak - before).toBeLessThan(100 * mebibyte);
});

test('rejects a body without a length with 413 once it passes the limit', async () => {
  const head = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n`;
  const chunk = new Uint8Array(mebibyte);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode(head));
      controller.enqueue(await drawQuarters(64, 64));
    },
    pull(controller) {
      sent += 1;
      if (sent > 200) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const response = await fetch(new URL('jobs', service.url), { method: 'POST', headers, body });
  expect(response.status).toBe(413);
  expect(sent).toBeLessThan(200);
});
