import type { Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { key, longDeadlines, openFaultyStore, shortDeadlines, unavailable } from './open-faulty-store.ts';
import { makeBytes, sha256, stoppingBody } from './test-bodies.ts';

test('an upload that the server does not answer reads at most two parts of its body and cancels it', async () => {
  const { store } = await openFaultyStore(() => undefined, shortDeadlines);
  const source = stoppingBody(64 * 1024 * 1024);
  await expect(store.put(key, source.body, 'image/png')).rejects.toMatchObject(unavailable);
  await source.cancelled;
  expect(source.bytesRead()).toBeLessThanOrEqual(10 * 1024 * 1024);
});

/** Accepts the start of an upload, answers its parts with `part`, and rejects its removal. */
const rejectAbort = (part: string) => (socket: Socket, request: string) => {
  const started = '<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>';
  const answers: Record<string, string> = {
    POST: `200 OK\r\ncontent-length: ${started.length}\r\nconnection: close\r\n\r\n${started}`,
    DELETE: '403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  };
  const answer = answers[request.split(' ')[0] ?? ''] ?? `${part}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
  socket.end(`HTTP/1.1 ${answer}`);
};

test('put throws the error of the body even if the server rejects the removal of its parts', async () => {
  const { store } = await openFaultyStore(rejectAbort('200 OK\r\netag: "1"'), longDeadlines);
  const error = new Error('the body broke');
  await expect(store.put(key, stoppingBody(6 * 1024 * 1024, error).body, 'image/png')).rejects.toBe(error);
});

test('the cause is the failure of a part, not the failure of its removal', async () => {
  const { store } = await openFaultyStore(rejectAbort('409 Conflict'), longDeadlines);
  const putting = store.put(key, stoppingBody(6 * 1024 * 1024).body, 'image/png');
  await expect(putting).rejects.toMatchObject({
    ...unavailable,
    cause: { message: `put ${key} failed`, cause: { status: 409 } },
  });
});

test.each([1, 100_000, 256 * 1024])(
  '%i bytes are sent from a copy, so their buffer may be used again',
  async (length) => {
    const { store } = await openFaultyStore((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    }, longDeadlines);
    const sent = vi.spyOn(globalThis, 'fetch');
    onTestFinished(() => sent.mockRestore());
    const bytes = makeBytes(length);
    await store.put(key, bytes, 'image/png');
    const { body, headers } = sent.mock.calls[0]?.[1] ?? {};
    // The server answers before it has read the body, so `fetch` may still send it when `put` returns.
    bytes.fill(0);
    expect(body).toBeInstanceOf(Uint8Array);
    expect(sha256(body as Uint8Array)).toBe(sha256(makeBytes(length)));
    expect(headers).toHaveProperty('content-length', String(length));
  },
);
