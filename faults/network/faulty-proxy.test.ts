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

const ask = (body = '5', timeoutMs = 3_000) =>
  fetch(`http://127.0.0.1:${proxy.port}`, {
    method: 'POST',
    body,
    keepalive: false,
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  }).then(async (response) => [response.status, (await response.arrayBuffer()).byteLength]);

test('what passes, passes whole', async () => {
  await proxy.set(pass);
  expect(await ask('3000000')).toEqual([200, 3_000_000]);
});

test.each([{ kind: 'down' }, { kind: 'reset' }, { kind: 'reply lost' }, { kind: 'cut', afterBytes: 1_000 }] as const)(
  'with $kind a request fails, and after it heals one succeeds',
  async (fault) => {
    await proxy.set(fault);
    await expect(ask('200000')).rejects.toThrow();
    await proxy.set(pass);
    expect(await ask()).toEqual([200, 5]);
  },
);

test('a lost reply is lost behind the server, which has done its work', async () => {
  const before = served;
  await proxy.set({ kind: 'reply lost' });
  await expect(ask()).rejects.toThrow();
  await proxy.set(pass);
  expect(served).toBeGreaterThan(before);
});

test('what hangs arrives once it heals', async () => {
  await proxy.set({ kind: 'hang' });
  const asked = ask('7', 10_000);
  await expect(Promise.race([asked, Bun.sleep(300).then(() => 'hung')])).resolves.toBe('hung');
  await proxy.set(pass);
  expect(await asked).toEqual([200, 7]);
});

test('a server that answers 503 is never asked', async () => {
  const before = served;
  await proxy.set(unavailableAnswer);
  expect(await ask()).toEqual([503, 0]);
  await proxy.set(pass);
  expect(served).toBe(before);
});

test('connections that vanish say nothing for ever, and new ones are well', async () => {
  const quiet = await openQuiet();
  const through = await openFaultyProxy({ host: '127.0.0.1', port: quiet.port });
  const client = new Socket();
  const heard: string[] = [];
  client.on('data', (bytes) => heard.push(String(bytes))).on('close', () => heard.push('closed'));
  await new Promise<void>((resolve) => client.connect(through.port, '127.0.0.1', resolve));
  await through.set({ kind: 'vanish' });
  await through.set(pass);
  client.write('hello');
  await expect(Promise.race([quiet.heard, Bun.sleep(300).then(() => 'nothing')])).resolves.toBe('nothing');
  expect(heard).toEqual([]);
  client.destroy();
  await through.close();
  await quiet.close();
});

async function openQuiet() {
  const heard = Promise.withResolvers<string>();
  const listener = createServer((socket) => socket.on('data', (bytes) => heard.resolve(String(bytes))));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  return { port, heard: heard.promise, close: async () => void listener.close() };
}
