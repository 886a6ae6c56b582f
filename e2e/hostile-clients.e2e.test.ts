import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AttackTarget, startAttackTarget } from './attack-target.ts';
import { openClient } from './client.ts';
import { drawNoise } from './images.ts';
import { openRaw, type RawClient, readAnswer } from './raw-client.ts';

const mebibyte = 1024 ** 2;
const gibibyte = 1024 * mebibyte;
const uploadConcurrency = 16;

let target: AttackTarget;
beforeAll(async () => {
  target = await startAttackTarget({
    UPLOAD_DEADLINE_SECONDS: '6',
    UPLOAD_CONCURRENCY: String(uploadConcurrency),
    WORKER_CONCURRENCY: '1',
  });
});
afterAll(() => target?.service.stop());

const multipart = 'multipart/form-data; boundary=x';
const partHead = (name = 'file', filename = 'a.jpg') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n`;
const requestHead = (type: string, length: number | 'chunked', path = '/jobs') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n${
    length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
  }\r\n\r\n`;
const toChunk = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const open = (count: number): RawClient[] => Array.from({ length: count }, () => openRaw(target.service.url));
const close = (clients: RawClient[]) => {
  for (const client of clients) client.close();
};

/** Sends `pieces` on one connection and returns the first bytes of the answer. */
async function exchange(...pieces: (string | Uint8Array)[]): Promise<string> {
  const client = openRaw(target.service.url);
  for (const piece of pieces) await client.write(piece);
  await client.answered;
  client.close();
  return client.answer();
}

/** Waits until every client has an answer, and returns the answers. */
async function collectAnswers(clients: RawClient[]) {
  await Promise.all(clients.map(({ answered }) => answered));
  close(clients);
  return clients.map((client) => readAnswer(client.answer()));
}

/** Sends `bytes` zeros, whatever the server answers, until it closes the connection. */
async function sendZeros(client: RawClient, bytes: number, chunked: boolean) {
  const zeros = new Uint8Array(mebibyte);
  const piece = chunked ? toChunk(zeros) : zeros;
  for (let sent = 0; sent < bytes; sent += mebibyte) if (!(await client.write(piece))) break;
}

describe('a body of 1 GB', () => {
  test.each([
    ['raw, with a Content-Length', 'image/jpeg', false],
    ['raw, chunked', 'image/jpeg', true],
    ['as a form, with a Content-Length', multipart, false],
    ['as a form, chunked', multipart, true],
  ])('%s, is rejected with 413 and does not affect other clients', async (_name, type, chunked) => {
    const [answer] = await target.withstand(async () => {
      const client = openRaw(target.service.url);
      const start = Buffer.concat([Buffer.from(type === multipart ? partHead() : ''), target.image]);
      await client.write(requestHead(type, chunked ? 'chunked' : gibibyte + start.length));
      await client.write(chunked ? toChunk(start) : start);
      await sendZeros(client, gibibyte, chunked);
      return collectAnswers([client]);
    });
    expect(answer).toEqual({ status: 413, code: 'payload_too_large' });
  });
});

describe('an invalid Host header', () => {
  test.each([
    ['missing', 'GET /jobs HTTP/1.0\r\n\r\n'],
    ['empty', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['two words', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a port out of range', 'GET / HTTP/1.1\r\nHost: x:99999\r\n\r\n'],
    ['a percent sign', 'GET / HTTP/1.1\r\nHost: %\r\n\r\n'],
  ])('(%s) is rejected with 400 and reveals no internals', async (_name, request) => {
    const answer = await exchange(request);
    expect(answer).toMatch(/^HTTP\/1\.[01] 400 /);
    expect(answer).not.toMatch(/\.ts|cwd|stack/i);
  });
});

describe('a form of 10 000 parts', () => {
  const field = (index: number) => `--x\r\nContent-Disposition: form-data; name="a${index}"\r\n\r\n64\r\n`;
  const fields = () => Buffer.from(Array.from({ length: 10_000 }, (_, index) => field(index)).join(''));
  const files = () => {
    const part = Buffer.concat([Buffer.from(partHead()), target.image, Buffer.from('\r\n')]);
    return Buffer.concat(Array.from({ length: 10_000 }, () => part));
  };
  test.each([
    ['fields', '/jobs', fields, 'malformed_multipart'],
    ['files', '/jobs', files, 'too_many_files'],
    ['files', '/batches', files, 'too_many_files'],
  ])('(%s to %s) is rejected as a whole with 400', async (_name, path, parts, code) => {
    const body = Buffer.concat([parts(), Buffer.from('--x--\r\n')]);
    const answer = await target.withstand(() => exchange(requestHead(multipart, body.length, path), body));
    expect(readAnswer(answer)).toEqual({ status: 400, code });
  });
});

test('a form that is longer than its Content-Length is rejected with 400 and not stored', async () => {
  const body = Buffer.concat([Buffer.from(partHead()), target.image, Buffer.from('\r\n--x--\r\n')]);
  const answer = await target.withstand(() => exchange(requestHead(multipart, body.length >> 1), body));
  // The rest of the body is no valid request, so Bun also answers 400. Either answer may come first.
  expect(readAnswer(answer).status).toBe(400);
});

test('an oversized request header is rejected with 431, an oversized part header with 400 or 413', async () => {
  const [request, part] = await target.withstand(async () => {
    const clients = open(2);
    const [header, form] = clients as [RawClient, RawClient];
    await header.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(64 * 1024)}`);
    await form.write(requestHead(multipart, 'chunked'));
    await form.write(toChunk(Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="')));
    await sendZeros(form, 64 * mebibyte, true);
    return collectAnswers(clients);
  });
  expect(request?.status).toBe(431);
  expect([400, 413]).toContain(part?.status);
});

test('500 silent connections and 50 that send a header one byte at a time are closed', async () => {
  await target.withstand(async () => {
    const silent = open(500);
    const dripping = open(50);
    for (const client of dripping) {
      await client.write('POST /jobs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
      client.drip('a', 1_000);
    }
    await Promise.all([...silent, ...dripping].map(({ closed }) => closed));
  });
});

const timedOut = { status: 408, code: 'request_timeout' };

test('bodies of 1 byte a second are answered 408 at the deadline, also with four times as many as upload slots', async () => {
  const answers = await target.withstand(async () => {
    const clients = open(4 * uploadConcurrency);
    for (const [index, client] of clients.entries()) {
      // They start to drip at different places: in the file, in a part's header, in the boundary; as a form and raw.
      const start = [partHead(), partHead().slice(0, 30), '--x', ''][index % 4] ?? '';
      const type = index % 4 === 3 ? 'image/jpeg' : multipart;
      await client.write(requestHead(type, index % 2 === 0 ? mebibyte : 'chunked'));
      await client.write(index % 2 === 0 ? start : '');
      client.drip(index % 2 === 0 ? 'a' : '1\r\na\r\n', 1_000);
    }
    return collectAnswers(clients);
  });
  expect(answers).toEqual(answers.map(() => timedOut));
});

test('uploads that stall are answered 408, and their slots go to waiting uploads', async () => {
  const large = await drawNoise(1_200);
  const answers = await target.withstand(async () => {
    const clients = open(2 * uploadConcurrency);
    for (const client of clients) {
      const body = Buffer.concat([Buffer.from(partHead()), large]);
      await client.write(requestHead(multipart, body.length + 100));
      // More than the API reads ahead of a slot, and less than the announced length.
      await client.write(body.subarray(0, 200 * 1024));
    }
    return collectAnswers(clients);
  });
  expect(answers).toEqual(answers.map(() => timedOut));
});

test('50 downloads that are read at 1 byte a second do not make the API grow', async () => {
  const client = openClient(target.service.url);
  const job = await client.run(await drawNoise(2_000));
  const original = job.actions.find(({ name }) => name === 'View Original')?.href ?? '';
  await target.withstand(async () => {
    const clients = open(50);
    for (const { socket } of clients) {
      socket.pause();
      socket.write(`GET ${new URL(original).pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    }
    for (let second = 0; second < 5; second += 1) {
      await Bun.sleep(1_000);
      for (const { socket } of clients) socket.read(1);
    }
    close(clients);
  });
});
