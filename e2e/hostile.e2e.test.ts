import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { besideHonest, mean, type Observed } from './beside-honest.ts';
import { openClient } from './client.ts';
import { drawNoise, drawQuarters } from './pictures.ts';
import { openRaw, type RawClient, readAnswer } from './raw-client.ts';
import { type Service, startService } from './start-service.ts';

const mebibyte = 1024 ** 2;
const deadlineSeconds = 6;
const uploadConcurrency = 16;
/** How much slower an honest client may become: it shares two cores with the attack itself. */
const patience = 10;

let service: Service;
let picture: Uint8Array<ArrayBuffer>;
let usualMs: number;
beforeAll(async () => {
  service = await startService({
    UPLOAD_DEADLINE_SECONDS: String(deadlineSeconds),
    UPLOAD_CONCURRENCY: String(uploadConcurrency),
    WORKER_CONCURRENCY: '1',
  });
  picture = await drawQuarters(320, 240);
  const client = openClient(service.url);
  const aWhile = async () => {
    for (let count = 0; count < 20; count += 1) await client.run(picture);
  };
  await aWhile();
  usualMs = mean((await besideHonest(service, picture, aWhile)).honestMs);
});
afterAll(() => service?.stop());

const multipart = 'multipart/form-data; boundary=x';
const partHead = (name = 'file', filename = 'a.jpg') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n`;
const head = (type: string, length: number | 'chunked', path = '/jobs') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${
    length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`
  }\r\n\r\n`;
const open = (count: number): RawClient[] => Array.from({ length: count }, () => openRaw(service.url));
const answers = (clients: RawClient[]) => clients.map((client) => readAnswer(client.answer()));
const close = (clients: RawClient[]) => {
  for (const client of clients) client.close();
};

/** What holds whatever is done: nothing is kept of it, memory stays, and nobody else notices. */
function expectUnharmed(observed: Observed<unknown>) {
  expect(observed.failures).toEqual([]);
  expect({ jobs: observed.strayJobs, objects: observed.strayObjects }).toEqual({ jobs: 0, objects: 0 });
  expect(observed.sameWorker).toBe(true);
  expect(observed.grownBytes).toBeLessThan(150 * mebibyte);
  expect(mean(observed.honestMs)).toBeLessThan(patience * usualMs);
}

/** Sends `bytes` of nothing, whatever is answered, and no faster than it is taken. */
async function pour(client: RawClient, bytes: number, framed: boolean) {
  const chunk = new Uint8Array(mebibyte);
  const size = `${mebibyte.toString(16)}\r\n`;
  const piece = framed ? Buffer.concat([Buffer.from(size), chunk, Buffer.from('\r\n')]) : chunk;
  for (let sent = 0; sent < bytes; sent += mebibyte) if (!(await client.write(piece))) break;
}

describe('a body of 1 GB', () => {
  const gibibyte = 1024 * mebibyte;
  test.each([
    ['raw, with its length', 'image/jpeg', false],
    ['raw, without a length', 'image/jpeg', true],
    ['in a form, with its length', multipart, false],
    ['in a form, without a length', multipart, true],
  ])('%s is refused, and nobody beside it notices', async (_name, type, chunked) => {
    const observed = await besideHonest(service, picture, async () => {
      const [client] = open(1) as [RawClient];
      const begin = Buffer.concat([Buffer.from(type === multipart ? partHead() : ''), picture]);
      await client.write(head(type, chunked ? 'chunked' : gibibyte + begin.length));
      await client.write(chunked ? `${begin.length.toString(16)}\r\n` : '');
      await client.write(begin);
      await client.write(chunked ? '\r\n' : '');
      await pour(client, gibibyte, chunked);
      await client.answered;
      client.close();
      return readAnswer(client.answer());
    });
    expect(observed.outcome).toEqual({ status: 413, code: 'payload_too_large' });
    expectUnharmed(observed);
  });
});

describe('a host that is none', () => {
  test.each([
    ['missing', 'GET /jobs HTTP/1.0\r\n\r\n'],
    ['empty', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['two words', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a port out of range', 'GET / HTTP/1.1\r\nHost: x:99999\r\n\r\n'],
    ['a percent sign', 'GET / HTTP/1.1\r\nHost: %\r\n\r\n'],
  ])('%s is a bad request, and nothing is told of the inside', async (_name, request) => {
    const [client] = open(1) as [RawClient];
    await client.write(request);
    await client.answered;
    client.close();
    expect(client.answer()).toMatch(/^HTTP\/1\.[01] 400 /);
    expect(client.answer()).not.toMatch(/\.ts|cwd|stack/i);
  });
});

describe('a form of 10 000 parts', () => {
  const field = '--x\r\nContent-Disposition: form-data; name="width"\r\n\r\n64\r\n';
  test.each([
    ['fields', '/jobs', () => Buffer.from(field.repeat(10_000)), 'malformed_multipart'],
    ['files', '/jobs', () => files(), 'too_many_files'],
    ['files, as a batch', '/batches', () => files(), 'too_many_files'],
  ])('all of them %s at %s, is refused whole', async (_name, path, parts, code) => {
    const body = Buffer.concat([parts(), Buffer.from('--x--\r\n')]);
    const observed = await besideHonest(service, picture, async () => {
      const [client] = open(1) as [RawClient];
      await client.write(head(multipart, body.length, path));
      await client.write(body);
      await client.answered;
      client.close();
      return readAnswer(client.answer());
    });
    expect(observed.outcome).toEqual({ status: 400, code });
    expectUnharmed(observed);
  });
  const files = () => {
    const part = Buffer.concat([Buffer.from(partHead()), picture, Buffer.from('\r\n')]);
    return Buffer.concat(Array.from({ length: 10_000 }, () => part));
  };
});

test('a length that is less than what is sent ends the form there, and nothing of it is kept', async () => {
  const body = Buffer.concat([Buffer.from(partHead()), picture, Buffer.from('\r\n--x--\r\n')]);
  const observed = await besideHonest(service, picture, async () => {
    const [client] = open(1) as [RawClient];
    await client.write(head(multipart, body.length >> 1));
    await client.write(body);
    await client.answered;
    client.close();
    return readAnswer(client.answer());
  });
  // What follows is no request either, and Bun says so in the same breath: which of the two is heard is open.
  expect(observed.outcome.status).toBe(400);
  expectUnharmed(observed);
});

test('a header that is too long is refused by the server itself, and one of a part by the form', async () => {
  const observed = await besideHonest(service, picture, async () => {
    const [request, part] = open(2) as [RawClient, RawClient];
    await request.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(64 * 1024)}`);
    await part.write(head(multipart, 'chunked'));
    await part.write(`40\r\n${'--x\r\nContent-Disposition: form-data; name="file"; filename="'.padEnd(64)}\r\n`);
    await pour(part, 64 * mebibyte, true);
    await Promise.all([request.answered, part.answered]);
    close([request, part]);
    return answers([request, part]);
  });
  expect(observed.outcome[0]?.status).toBe(431);
  expect([400, 413]).toContain(observed.outcome[1]?.status);
  expectUnharmed(observed);
});

test('500 connections that say nothing, or drip a header for ever, are closed', async () => {
  const observed = await besideHonest(service, picture, async () => {
    const silent = open(500);
    const dripping = open(50);
    for (const client of dripping) {
      await client.write('POST /jobs HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      client.drip('a', 1_000);
    }
    const all = [...silent, ...dripping];
    await Promise.all(all.map(({ closed }) => closed));
    return all.length;
  });
  expect(observed.outcome).toBe(550);
  expectUnharmed(observed);
});

test('bodies of 1 byte a second, four times as many as are read at a time, are answered 408 at the deadline', async () => {
  const observed = await besideHonest(service, picture, async () => {
    const clients = open(4 * uploadConcurrency);
    for (const [index, client] of clients.entries()) {
      // Some from their first byte, some within the header of a part, some within the picture; raw and as a form.
      const begin = [partHead(), partHead().slice(0, 30), '--x', ''][index % 4] ?? '';
      const type = index % 4 === 3 ? 'image/jpeg' : multipart;
      await client.write(head(type, index % 2 === 0 ? mebibyte : 'chunked'));
      await client.write(index % 2 === 0 ? begin : '');
      client.drip(index % 2 === 0 ? 'a' : '1\r\na\r\n', 1_000);
    }
    await Promise.all(clients.map(({ answered }) => answered));
    close(clients);
    return answers(clients);
  });
  const refused = { status: 408, code: 'request_timeout' };
  expect(observed.outcome).toEqual(observed.outcome.map(() => refused));
  expectUnharmed(observed);
});

test('uploads that begin well and then stall lose their slots to those who wait', async () => {
  const large = await drawNoise(1_200);
  const observed = await besideHonest(service, picture, async () => {
    const clients = open(2 * uploadConcurrency);
    for (const client of clients) {
      const body = Buffer.concat([Buffer.from(partHead()), large]);
      await client.write(head(multipart, body.length + 100));
      // More than is read ahead; a length that is never reached, then silence.
      await client.write(body.subarray(0, 200 * 1024));
    }
    await Promise.all(clients.map(({ answered }) => answered));
    close(clients);
    return answers(clients);
  });
  const refused = { status: 408, code: 'request_timeout' };
  expect(observed.outcome).toEqual(observed.outcome.map(() => refused));
  expectUnharmed(observed);
});

test('downloads that are read at 1 byte a second cost no memory to speak of', async () => {
  const client = openClient(service.url);
  const job = await client.run(await drawNoise(2_000));
  const original = job.actions.find(({ name }) => name === 'View Original')?.href ?? '';
  const observed = await besideHonest(service, picture, async () => {
    const clients = open(50);
    for (const { socket } of clients) {
      socket.pause();
      socket.write(`GET ${new URL(original).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
    }
    for (let second = 0; second < 5; second += 1) {
      await Bun.sleep(1_000);
      for (const { socket } of clients) socket.read(1);
    }
    close(clients);
  });
  expectUnharmed(observed);
});
