import { connect } from 'node:net';
import { drawQuarters, waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sendAccepted } from './stack/send-picture.ts';
import { type Stack, startStack } from './stack/start-stack.ts';

let stack: Stack;
let api: App;
beforeAll(async () => {
  stack = await startStack('postgres', inject('services'));
  api = await stack.startApi();
});
afterAll(() => stack?.close());

const left = async () => {
  const [rows] = await stack.sql`select count(*)::int as jobs from jobs`;
  return {
    jobs: Number(rows?.jobs),
    objects: (await stack.bucket.keys()).filter((key) => !key.startsWith('installations/')).length,
  };
};

/** Begins an upload and sends a part of it; the body it announces is longer than what comes. */
async function beginUpload() {
  const picture = await drawQuarters(1_000, 1_000);
  const head =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n';
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(api.url).port) });
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes;
  });
  socket.on('error', () => undefined);
  socket.write(
    `POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${picture.length + 900_000}\r\n\r\n${head}`,
  );
  socket.write(picture.slice(0, picture.length / 2));
  return { socket, answer: () => answer };
}

test('F31: an upload that stalls is answered 408 at its deadline, and leaves nothing', async () => {
  const before = await left();
  const { socket, answer } = await beginUpload();
  await waitUntil('it is answered', async () => answer().startsWith('HTTP/1.1 408'));
  socket.destroy();
  expect(await left()).toEqual(before);
});

test('F32: a client that goes away in mid-upload leaves nothing', async () => {
  const before = await left();
  const { socket } = await beginUpload();
  await Bun.sleep(200);
  socket.resetAndDestroy();
  await waitUntil('nothing is left', async () => Bun.deepEquals(await left(), before));
  await sendAccepted(api);
});
