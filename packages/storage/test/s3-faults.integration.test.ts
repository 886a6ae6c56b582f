import type { Socket } from 'node:net';
import { Secret } from '@thumbnail-api/config';
import { AppError } from '@thumbnail-api/errors';
import { expect, onTestFinished, test } from 'vitest';
import type { ObjectStore } from '../src/object-store.ts';
import type { S3Deadlines } from '../src/s3/s3-client.ts';
import { openS3Store } from '../src/s3/s3-store.ts';
import { makeBytes, readAll, sourceOf, stoppingBody } from './contract-bodies.ts';
import { startFaultyServer } from './faulty-server.ts';

/** For a server that is silent: its silence is to be seen soon. */
const deadlines: S3Deadlines = { connectMs: 300, answerMs: 150, callMs: 60_000, silenceMs: 150, checkMs: 300 };
/** For one that answers: however late this process hears it. */
const patient = { connectMs: 30_000, answerMs: 30_000, callMs: 60_000, silenceMs: 30_000, checkMs: 30_000 };
const key = 'originals/0199f0c2-0000-7000-8000-000000000000';
const unavailable = { code: 'storage_unavailable', retryable: true, publicMessage: expect.not.stringContaining('127') };

/** A store on a server that answers every request in the same way. */
async function openOn(answer: (socket: Socket, request: string) => void, limits: S3Deadlines) {
  const server = await startFaultyServer(answer);
  const store = openS3Store(
    {
      kind: 's3',
      bucket: 'thumbnails',
      region: 'us-east-1',
      endpoint: server.endpoint,
      credentials: { accessKey: 'test', secretKey: new Secret('test') },
    },
    limits,
  );
  onTestFinished(async () => {
    store.close();
    await server.close();
  });
  return { server, store };
}

const calls: [string, (store: ObjectStore) => Promise<unknown>][] = [
  ['put of bytes', (store) => store.put(key, makeBytes(10), 'image/png')],
  ['put of a stream', (store) => store.put(key, sourceOf(makeBytes(10), [1]), 'image/png')],
  ['put of a long stream', (store) => store.put(key, stoppingBody(64 * 1024 * 1024).body, 'image/png')],
  ['find', (store) => store.find(key)],
  ['read', (store) => store.read(key)],
  ['find of a range', (store) => store.find(key, { range: { first: 0, last: 1 } })],
  ['head', (store) => store.head(key)],
  ['delete', (store) => store.delete(key)],
  ['list', (store) => store.list('', { limit: 10 })],
  ['check', (store) => store.check()],
];
const head = (bytes: number) =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\ncontent-type: image/png\r\nlast-modified: Thu, 20 Nov 2025 12:00:00 GMT\r\n\r\n`;

/** Sends the head of an object of 1000 bytes with the first half of them. */
const sendHalf = (socket: Socket) => socket.write(head(1000) + 'x'.repeat(500));

test.each(calls)('%s fails when the server refuses the connection', async (_, call) => {
  const { server, store } = await openOn(() => undefined, patient);
  await server.close();
  await expect(call(store)).rejects.toMatchObject(unavailable);
});

test.each(calls)(
  '%s fails within its deadline when the server never answers, and lets go of the connections',
  async (_, call) => {
    const { server, store } = await openOn(() => undefined, deadlines);
    const before = performance.now();
    await expect(call(store)).rejects.toMatchObject(unavailable);
    expect(performance.now() - before).toBeLessThan(deadlines.callMs);
    await expect.poll(() => server.connections()).toBe(0);
  },
);

test('a call with all its tries ends at its own deadline', async () => {
  const { server, store } = await openOn(() => undefined, { ...patient, answerMs: 60_000, callMs: 2_000 });
  await expect(store.find(key)).rejects.toMatchObject(unavailable);
  expect(server.accepted()).toBe(1);
  await expect.poll(() => server.connections()).toBe(0);
});

test.each(calls)('%s fails after three tries when the server answers 503', async (_, call) => {
  const { server, store } = await openOn((socket) => {
    socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  }, patient);
  await expect(call(store)).rejects.toMatchObject(unavailable);
  expect(server.accepted()).toBe(3);
});

test.each(calls)('%s fails when the server answers 403, at the first try', async (_, call) => {
  const { server, store } = await openOn((socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  }, patient);
  await expect(call(store)).rejects.toMatchObject(unavailable);
  expect(server.accepted()).toBe(1);
});

test('a body that stalls is cut after the longest silence, and its connection let go of', async () => {
  const { server, store } = await openOn(sendHalf, { ...patient, silenceMs: 150 });
  const found = await store.find(key);
  await expect(readAll(found?.body as ReadableStream<Uint8Array>)).rejects.toMatchObject(unavailable);
  await expect(store.read(key)).rejects.toMatchObject(unavailable);
  await expect.poll(() => server.connections()).toBe(0);
});

test.each([
  ['is closed', (socket: Socket) => socket.end()],
  ['is reset', (socket: Socket) => socket.resetAndDestroy()],
])('a body whose connection %s in its middle ends with an error, never short', async (_, stop) => {
  const { store } = await openOn((socket) => {
    socket.write(head(1000) + 'x'.repeat(500), () => stop(socket));
  }, patient);
  await expect(store.read(key)).rejects.toMatchObject(unavailable);
  const found = await store.find(key);
  await expect(readAll(found?.body as ReadableStream<Uint8Array>)).rejects.toMatchObject(unavailable);
});

test('a connection lost before its body is read is an error of the body, not of the process', async () => {
  const { server, store } = await openOn(sendHalf, patient);
  const found = await store.find(key);
  await server.close();
  await expect.poll(() => server.connections()).toBe(0);
  await expect(readAll(found?.body as ReadableStream<Uint8Array>)).rejects.toMatchObject(unavailable);
});

test('a reader that stops holds the server back', async () => {
  const total = 64 * 1024 * 1024;
  let sent = 0;
  const { store } = await openOn((socket) => {
    socket.write(head(total));
    const send = () => {
      while (sent < total && !socket.writableNeedDrain) {
        sent += 65_536;
        socket.write(Buffer.alloc(65_536));
      }
    };
    socket.on('drain', send);
    send();
  }, patient);
  const reader = (await store.find(key))?.body.getReader();
  await reader?.read();
  let before = -1;
  const stands = () => {
    const moved = sent - before;
    before = sent;
    return moved === 0;
  };
  await expect.poll(stands, { interval: 100 }).toBe(true);
  expect(sent).toBeLessThan(32 * 1024 * 1024);
  await reader?.cancel();
});

test('an upload that the server does not take reads two parts of its body at most and cancels it', async () => {
  const { store } = await openOn(() => undefined, deadlines);
  const source = stoppingBody(64 * 1024 * 1024);
  await expect(store.put(key, source.body, 'image/png')).rejects.toMatchObject(unavailable);
  await source.cancelled;
  expect(source.taken()).toBeLessThanOrEqual(10 * 1024 * 1024);
});

test('a server that ignores the range fails the call: its bytes are not those that were asked for', async () => {
  const { server, store } = await openOn((socket) => {
    socket.write(`${head(4)}abcd`);
  }, patient);
  await expect(store.find(key, { range: { first: 1, last: 2 } })).rejects.toMatchObject(unavailable);
  await expect.poll(() => server.connections()).toBe(0);
});

test('a listing that the server cuts short is asked for again, until it is whole', async () => {
  const entry = (key: string) =>
    `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2025-11-20T12:00:00.000Z</LastModified></Contents>`;
  const { store } = await openOn((socket, request) => {
    const after = /start-after=(\w)/.exec(request)?.[1] ?? '';
    const pages: Record<string, string> = { '': entry('a') + entry('b'), b: entry('c') };
    const listing = `<ListBucketResult><IsTruncated>${after === ''}</IsTruncated>${pages[after]}</ListBucketResult>`;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${listing.length}\r\n\r\n${listing}`);
  }, patient);
  expect((await store.list('', { limit: 10 })).map((found) => found.key)).toEqual(['a', 'b', 'c']);
});

test('an abort ends a call that waits for its answer at once, with the reason', async () => {
  const { server, store } = await openOn(() => undefined, patient);
  const controller = new AbortController();
  const reason = new AppError('request_timeout', 'Too slow.');
  const finding = store.find(key, { signal: controller.signal });
  await expect.poll(() => server.connections()).toBe(1);
  controller.abort(reason);
  await expect(finding).rejects.toBe(reason);
  await expect.poll(() => server.connections()).toBe(0);
});

/** Lets an upload begin, refuses to remove it, and answers a part as the test wants it. */
const refuseRemoval = (part: string) => (socket: Socket, request: string) => {
  const begun = '<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>';
  const answers: Record<string, string> = {
    POST: `200 OK\r\ncontent-length: ${begun.length}\r\nconnection: close\r\n\r\n${begun}`,
    DELETE: '403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  };
  const answer = answers[request.split(' ')[0] ?? ''] ?? `${part}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
  socket.end(`HTTP/1.1 ${answer}`);
};

test('the error of a body comes out even where the server does not let its parts be removed', async () => {
  const { store } = await openOn(refuseRemoval('200 OK\r\netag: "1"'), patient);
  const error = new Error('the body broke');
  await expect(store.put(key, stoppingBody(6 * 1024 * 1024, error).body, 'image/png')).rejects.toBe(error);
});

test('the failure of a part is the cause that is logged, not that of the removal behind it', async () => {
  const { store } = await openOn(refuseRemoval('409 Conflict'), patient);
  const putting = store.put(key, stoppingBody(6 * 1024 * 1024).body, 'image/png');
  await expect(putting).rejects.toMatchObject({
    ...unavailable,
    cause: { message: `put ${key} failed`, cause: { status: 409 } },
  });
});
