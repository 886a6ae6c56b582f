import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from './client.ts';
import { drawQuarters } from './images.ts';
import { openRaw, type RawClient } from './raw-client.ts';
import { findProcess, residentBytes } from './service-processes.ts';
import { type Service, startService } from './start-service.ts';

const mebibyte = 1024 ** 2;
const streams = 1_000;

let service: Service;
beforeAll(async () => {
  service = await startService({});
});
afterAll(() => service?.stop());

function openStream({ href }: { href: string }): RawClient {
  const listener = openRaw(service.url);
  listener.socket.write(`GET ${new URL(href).pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return listener;
}

test('1 000 idle event streams take less than 100 MB of the API, and each receives the end of its job', async () => {
  const client = openClient(service.url);
  const api = await findProcess(service.pid, 'backend-api');
  const worker = await findProcess(service.pid, 'backend-worker');
  await client.run(await drawQuarters(64, 64));
  // While the worker is stopped, jobs wait and their streams are idle.
  process.kill(worker, 'SIGSTOP');
  try {
    const jobs = await Promise.all(Array.from({ length: 20 }, async () => client.create(await drawQuarters(64, 64))));
    const before = await residentBytes(api);
    const listeners: RawClient[] = [];
    while (listeners.length < streams) {
      const opened = jobs
        .flatMap(({ actions }) => actions.filter(({ name }) => name === 'Watch Progress'))
        .map(openStream);
      await Promise.all(opened.map((listener) => listener.waitFor('event: status')));
      listeners.push(...opened);
    }
    const grownBytes = (await residentBytes(api)) - before;

    // A hundred listeners stop reading until the others have received the end.
    for (const { socket } of listeners.slice(0, 100)) socket.pause();
    const received = listeners.slice(100).map((listener) => listener.waitFor('event: end'));
    process.kill(worker, 'SIGCONT');
    await Promise.all(received);
    for (const { socket } of listeners.slice(0, 100)) socket.resume();
    await Promise.all(listeners.map((listener) => listener.waitFor('event: end')));
    for (const listener of listeners) listener.close();
    expect(grownBytes).toBeLessThan(100 * mebibyte);
  } finally {
    process.kill(worker, 'SIGCONT');
  }
});
