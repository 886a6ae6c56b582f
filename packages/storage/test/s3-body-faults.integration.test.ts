import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { key, longDeadlines, objectHeaders, openFaultyStore, sendHalf, unavailable } from './open-faulty-store.ts';
import { readAll } from './test-bodies.ts';

test('a body that stalls fails after the idle timeout, and its connection is closed', async () => {
  const { server, store } = await openFaultyStore(sendHalf, { ...longDeadlines, idleMs: 150 });
  const found = await store.find(key);
  await expect(readAll(found?.body as ReadableStream<Uint8Array>)).rejects.toMatchObject(unavailable);
  await expect(store.read(key)).rejects.toMatchObject(unavailable);
  await expect.poll(() => server.connections()).toBe(0);
});

test.each([
  ['is closed', (socket: Socket) => socket.end()],
  ['is reset', (socket: Socket) => socket.resetAndDestroy()],
])('a body whose connection %s in the middle fails', async (_, stop) => {
  const { store } = await openFaultyStore((socket) => {
    socket.write(objectHeaders(1000) + 'x'.repeat(500), () => stop(socket));
  }, longDeadlines);
  await expect(store.read(key)).rejects.toMatchObject(unavailable);
  const found = await store.find(key);
  await expect(readAll(found?.body as ReadableStream<Uint8Array>)).rejects.toMatchObject(unavailable);
});

test('a connection lost before the body is read fails the body, not the process', async () => {
  const { server, store } = await openFaultyStore(sendHalf, longDeadlines);
  const found = await store.find(key);
  await server.close();
  await expect.poll(() => server.connections()).toBe(0);
  await expect(readAll(found?.body as ReadableStream<Uint8Array>)).rejects.toMatchObject(unavailable);
});

test('a reader that stops makes the server stop sending', async () => {
  const total = 64 * 1024 * 1024;
  let sent = 0;
  const { store } = await openFaultyStore((socket) => {
    socket.write(objectHeaders(total));
    const send = () => {
      while (sent < total && !socket.writableNeedDrain) {
        sent += 65_536;
        socket.write(Buffer.alloc(65_536));
      }
    };
    socket.on('drain', send);
    send();
  }, longDeadlines);
  const reader = (await store.find(key))?.body.getReader();
  await reader?.read();
  let sentBefore = -1;
  const hasStopped = () => {
    const moved = sent - sentBefore;
    sentBefore = sent;
    return moved === 0;
  };
  await expect.poll(hasStopped, { interval: 100 }).toBe(true);
  expect(sent).toBeLessThan(32 * 1024 * 1024);
  await reader?.cancel();
});
