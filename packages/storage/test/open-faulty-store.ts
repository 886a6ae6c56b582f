import type { Socket } from 'node:net';
import { Secret } from '@thumbnail-api/config';
import { expect, onTestFinished } from 'vitest';
import type { S3Deadlines } from '../src/s3/s3-client.ts';
import { openS3Store } from '../src/s3/s3-store.ts';
import { startFaultyServer } from './faulty-server.ts';

/** For a server that does not answer: each request expires soon, and a whole call not within a test. */
export const shortDeadlines: S3Deadlines = {
  connectMs: 300,
  answerMs: 150,
  callMs: 600_000,
  idleMs: 150,
  checkMs: 300,
};
/** For a server that answers: they do not expire, even on a slow machine. */
export const longDeadlines: S3Deadlines = {
  connectMs: 30_000,
  answerMs: 30_000,
  callMs: 60_000,
  idleMs: 30_000,
  checkMs: 30_000,
};
export const key = 'originals/0199f0c2-0000-7000-8000-000000000000';
/** The error of every call on a faulty server. Its public message contains no address. */
export const unavailable = {
  code: 'storage_unavailable',
  retryable: true,
  publicMessage: expect.not.stringContaining('127'),
};

/**
 * Opens a store on a server that answers every request in the same way. Both are closed when the test ends; a test that runs
 * beside others passes its own `onFinished`.
 */
export async function openFaultyStore(
  answer: (socket: Socket, request: string) => void,
  deadlines: S3Deadlines,
  onFinished = onTestFinished,
) {
  const server = await startFaultyServer(answer);
  const store = openS3Store(
    {
      kind: 's3',
      bucket: 'thumbnails',
      region: 'us-east-1',
      endpoint: server.endpoint,
      credentials: { accessKey: 'test', secretKey: new Secret('test') },
    },
    deadlines,
  );
  onFinished(async () => {
    store.close();
    await server.close();
  });
  return { server, store };
}

/** The headers of a response with an object of this size. */
export const objectHeaders = (bytes: number) =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\ncontent-type: image/png\r\nlast-modified: Thu, 20 Nov 2025 12:00:00 GMT\r\n\r\n`;

/** Sends the headers of an object of 1000 bytes, and half of the bytes. */
export const sendHalf = (socket: Socket) => socket.write(objectHeaders(1000) + 'x'.repeat(500));
