import { createServer, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pass, unavailableAnswer } from './fault.ts';
import { type FaultyProxy, openFaultyProxy } from './faulty-proxy.ts';

let server: ReturnType<typeof Bun.serve>;
let proxy: FaultyProxy;
let served = 0;
beforeAll(async () => {
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      served += 1;
      return new Response(new Uint8Array(Number(await request.text()) || 5));
    },
  });
  proxy = await openFaultyProxy({ host: '127.0.0.1', port: Number(server.port) });
});
afterAll(async () => {
  await proxy.close();
  await server.stop(true);
});

const ask = (body = '5', timeoutMs = 30_000) =>
  fetch(`http://127.0.0.1:${proxy.port}`, {
    method: 'POST',
    body,
    keepalive: false,
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  }).then(async (response) => [response.status, (await response.arrayBuffer()).byteLength]);

test('without a fault every byte arrives', async () => {
  await proxy.set(pass);
  expect(await ask('3000000')).toEqual([200, 3_000_000]);
});

test.each([{ kind: 'down' }, { kind: 'reset' }, { kind: 'reply lost' }, { kind: 'cut', afterBytes: 1_000 }] as const)(
  'with $kind a request fails, and succeeds once the fault ends',
  async (fault) => {
    await proxy.set(fault);
    await expect(ask('200000')).rejects.toThrow();
    await proxy.set(pass);
    expect(await ask()).toEqual([200, 5]);
  },
);

test('with a lost reply the request still reaches the server', async () => {
  const before = served;
  await proxy.set({ kind: 'reply lost' });
  await expect(ask()).rejects.toThrow();
  await proxy.set(pass);
  expect(served).toBeGreaterThan(before);
});

test('bytes that hang arrive once the fault ends', async () => {
  await proxy.set({ kind: 'hang' });
  const asked = ask('7');
  await expect(Promise.race([asked, Bun.sleep(300).then(() => 'hung')])).resolves.toBe('hung');
  await proxy.set(pass);
  expect(await asked).toEqual([200, 7]);
});

test('an answer of the proxy keeps the request from the server', async () => {
  const before = served;
  await proxy.set(unavailableAnswer);
  expect(await ask()).toEqual([503, 0]);
  await proxy.set(pass);
  expect(served).toBe(before);
});

test('a connection that vanished stays silent, also after the fault ends', async () => {
  const listener = await openListener();
  const vanishing = await openFaultyProxy({ host: '127.0.0.1', port: listener.port });
  const client = new Socket();
  const events: string[] = [];
  client.on('data', (bytes) => events.push(String(bytes))).on('close', () => events.push('closed'));
  await new Promise<void>((resolve) => client.connect(vanishing.port, '127.0.0.1', resolve));
  await vanishing.set({ kind: 'vanish' });
  await vanishing.set(pass);
  client.write('hello');
  await expect(Promise.race([listener.received, Bun.sleep(300).then(() => 'nothing')])).resolves.toBe('nothing');
  expect(events).toEqual([]);
  client.destroy();
  await vanishing.close();
  await listener.close();
});

/** Listens, and sends nothing. */
async function openListener() {
  const received = Promise.withResolvers<string>();
  const server = createServer((socket) => socket.on('data', (bytes) => received.resolve(String(bytes))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, received: received.promise, close: async () => void server.close() };
}
