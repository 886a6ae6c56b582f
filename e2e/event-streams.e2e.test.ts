import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from './client.ts';
import { drawQuarters } from './pictures.ts';
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
  listener.socket.write(`GET ${new URL(href).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return listener;
}

test('1 000 idle event streams cost the API less than 100 MB, and each hears its job', async () => {
  const client = openClient(service.url);
  const api = await findProcess(service.pid, 'backend-api');
  const worker = await findProcess(service.pid, 'backend-worker');
  await client.run(await drawQuarters(64, 64));
  // While the worker stands still, jobs wait and streams are idle.
  process.kill(worker, 'SIGSTOP');
  try {
    const jobs = await Promise.all(Array.from({ length: 20 }, async () => client.create(await drawQuarters(64, 64))));
    const before = await residentBytes(api);
    const listeners: RawClient[] = [];
    while (listeners.length < streams) {
      const some = jobs
        .flatMap(({ actions }) => actions.filter(({ name }) => name === 'Watch Progress'))
        .map(openStream);
      await Promise.all(some.map((listener) => listener.says('event: status')));
      listeners.push(...some);
    }
    const grown = (await residentBytes(api)) - before;

    // A hundred of them stop reading.
    for (const { socket } of listeners.slice(0, 100)) socket.pause();
    const heard = listeners.slice(100).map((listener) => listener.says('event: end'));
    process.kill(worker, 'SIGCONT');
    await Promise.all(heard);
    for (const { socket } of listeners.slice(0, 100)) socket.resume();
    await Promise.all(listeners.map((listener) => listener.says('event: end')));
    for (const listener of listeners) listener.close();
    expect(grown).toBeLessThan(100 * mebibyte);
  } finally {
    process.kill(worker, 'SIGCONT');
  }
});
