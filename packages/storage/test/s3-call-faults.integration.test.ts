import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { AppError } from '@thumbnail-api/errors';
import { expect, test } from 'vitest';
import type { ObjectStore } from '../src/object-store.ts';
import {
  key,
  longDeadlines,
  objectHeaders,
  openFaultyStore,
  shortDeadlines,
  unavailable,
} from './open-faulty-store.ts';
import { makeBytes, sourceOf, stoppingBody } from './test-bodies.ts';

const calls: [string, (store: ObjectStore) => Promise<unknown>][] = [
  ['put of bytes', (store) => store.put(key, makeBytes(10), 'image/png')],
  ['put of a stream', (store) => store.put(key, sourceOf(makeBytes(10), [1]), 'image/png')],
  ['put of a long stream', (store) => store.put(key, stoppingBody(64 * 1024 * 1024).body, 'image/png')],
  ['find', (store) => store.find(key)],
  ['read', (store) => store.read(key)],
  ['find of a range', (store) => store.find(key, { range: { first: 0, last: 1 } })],
  ['head', (store) => store.head(key)],
  ['delete', (store) => store.delete(key)],
  ['move', (store) => store.move(key, `orphans/${key}`)],
  ['deleteMany', (store) => store.deleteMany([key])],
  ['list', (store) => store.list('', { limit: 10 })],
  ['check', (store) => store.check()],
];

test.concurrent.for(calls)('%s fails when the server rejects the connection', async ([, call], context) => {
  const { server, store } = await openFaultyStore(() => undefined, longDeadlines, context.onTestFinished);
  await server.close();
  await expect(call(store)).rejects.toMatchObject(unavailable);
});

test.concurrent.for(calls)(
  '%s fails at the deadline of its requests when the server never answers, and closes its connections',
  async ([, call], context) => {
    const { server, store } = await openFaultyStore(() => undefined, shortDeadlines, context.onTestFinished);
    await expect(call(store)).rejects.toMatchObject(unavailable);
    await context.expect.poll(() => server.connections()).toBe(0);
  },
);

test('a call fails at its own deadline, whatever tries are left', async () => {
  const { server, store } = await openFaultyStore(() => undefined, {
    ...longDeadlines,
    answerMs: 60_000,
    callMs: 2_000,
  });
  await expect(store.find(key)).rejects.toMatchObject(unavailable);
  expect(server.accepted()).toBe(1);
  await expect.poll(() => server.connections()).toBe(0);
});

/** The calls that are sent without the SDK, which has retries of its own. */
const ownCalls = calls.filter(([name]) => ['put of bytes', 'put of a stream', 'read'].includes(name));
const busyAnswers = [
  ...calls.map(([name, call]) => [name, '503 Service Unavailable', call] as const),
  ...ownCalls.map(([name, call]) => [name, '429 Too Many Requests', call] as const),
];

test.concurrent.for(busyAnswers)(
  '%s fails after three tries when the server answers %s',
  async ([, status, call], context) => {
    const answer = (socket: Socket) => {
      socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    };
    const { server, store } = await openFaultyStore(answer, longDeadlines, context.onTestFinished);
    await expect(call(store)).rejects.toMatchObject(unavailable);
    expect(server.accepted()).toBe(3);
  },
);

test.concurrent.for(calls)('%s fails after one try when the server answers 403', async ([, call], context) => {
  const answer = (socket: Socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  };
  const { server, store } = await openFaultyStore(answer, longDeadlines, context.onTestFinished);
  await expect(call(store)).rejects.toMatchObject(unavailable);
  expect(server.accepted()).toBe(1);
});

test('find fails when the server ignores the range', async () => {
  const { server, store } = await openFaultyStore((socket) => {
    socket.write(`${objectHeaders(4)}abcd`);
  }, longDeadlines);
  await expect(store.find(key, { range: { first: 1, last: 2 } })).rejects.toMatchObject(unavailable);
  await expect.poll(() => server.connections()).toBe(0);
});

test('list sends further requests until the listing is complete', async () => {
  const entry = (key: string) =>
    `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2025-11-20T12:00:00.000Z</LastModified></Contents>`;
  const { store } = await openFaultyStore((socket, request) => {
    const after = /start-after=(\w)/.exec(request)?.[1] ?? '';
    const pages: Record<string, string> = { '': entry('a') + entry('b'), b: entry('c') };
    const listing = `<ListBucketResult><IsTruncated>${after === ''}</IsTruncated>${pages[after]}</ListBucketResult>`;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${listing.length}\r\n\r\n${listing}`);
  }, longDeadlines);
  expect((await store.list('', { limit: 10 })).map((found) => found.key)).toEqual(['a', 'b', 'c']);
});

test('deleteMany returns the objects that S3 refuses to delete, with the reason', async () => {
  const refusal = (key: string, code: string) =>
    `<Error><Key>${key}</Key><Code>${code}</Code><Message>no</Message></Error>`;
  const { store } = await openFaultyStore((socket, request) => {
    if (!request.includes('</Delete>')) return;
    const result = `<DeleteResult>${refusal('held', 'AccessDenied')}${refusal('gone', 'NoSuchKey')}</DeleteResult>`;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${result.length}\r\n\r\n${result}`);
  }, longDeadlines);
  expect(await store.deleteMany(['held', 'gone', 'deleted'])).toEqual([
    { key: 'held', error: expect.objectContaining(unavailable) },
  ]);
});

test('deleteMany sends the MD5 of its request, which older S3 servers require', async () => {
  const requests: string[] = [];
  const { store } = await openFaultyStore((socket, request) => {
    requests.push(request);
    const result = '<DeleteResult></DeleteResult>';
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${result.length}\r\n\r\n${result}`);
  }, longDeadlines);
  await store.deleteMany([key]);
  const [head = '', body] = requests.join('').split('\r\n\r\n');
  expect(/content-md5: (.*)\r/i.exec(head)?.[1]).toBe(
    createHash('md5')
      .update(body ?? '')
      .digest('base64'),
  );
});

test('an abort fails a call that waits for its response, with the reason', async () => {
  const { server, store } = await openFaultyStore(() => undefined, longDeadlines);
  const controller = new AbortController();
  const reason = new AppError('request_timeout', 'Too slow.');
  const finding = store.find(key, { signal: controller.signal });
  await expect.poll(() => server.connections()).toBe(1);
  controller.abort(reason);
  await expect(finding).rejects.toBe(reason);
  await expect.poll(() => server.connections()).toBe(0);
});
