import { connect } from 'node:net';
import { drawQuarters, waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { countStored } from './checker/read-state.ts';
import { sendAccepted } from './stack/send-image.ts';
import { type Stack, startStack } from './stack/start-stack.ts';

let stack: Stack;
let api: App;
beforeAll(async () => {
  stack = await startStack('postgres', inject('services'));
  api = await stack.startApi();
});
afterAll(() => stack?.close());

/** Starts an upload and sends a part of the file that is long enough to get a slot. */
async function startUpload() {
  const image = await drawQuarters(1_000, 1_000);
  const head =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n';
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(api.url).port) });
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  socket.on('error', () => undefined);
  socket.write(
    `POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${image.length + 900_000}\r\n\r\n${head}`,
  );
  socket.write(Buffer.concat([image, Buffer.alloc(100_000)]));
  return { socket, answer: () => answer };
}

test('F31: an upload that stalls is answered 408 at its deadline and leaves nothing', async () => {
  const before = await countStored(stack);
  const { socket, answer } = await startUpload();
  await waitUntil('it is answered', async () => answer().startsWith('HTTP/1.1 408'));
  socket.destroy();
  expect(await countStored(stack)).toEqual(before);
});

test('F32: a client that disconnects during an upload leaves nothing', async () => {
  const before = await countStored(stack);
  const { socket } = await startUpload();
  await waitUntil('the upload has a slot', async () => {
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    return metrics.includes('thumbnails_upload_slots{state="used"} 1');
  });
  socket.resetAndDestroy();
  await waitUntil('nothing is left', async () => Bun.deepEquals(await countStored(stack), before));
  await sendAccepted(api);
});
