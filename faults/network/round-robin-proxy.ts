import { connect, createServer, type Socket } from 'node:net';

/** A load balancer in front of APIs, such as many deployments have: it hands connections to ready APIs in turn. */
export interface RoundRobinProxy {
  url: string;
  /** Adds an API. It gets connections once it has answered a probe with 200. */
  add(target: { url: string }): void;
  /** Removes an API. Its open connections stay. */
  remove(target: { url: string }): void;
  /** How many targets are ready. */
  readyCount(): number;
  close(): Promise<void>;
}

interface Target {
  url: string;
  isReady: boolean;
}

const host = '127.0.0.1';

/**
 * Opens a proxy that probes `/health/ready` of each target once in `probeMs`. A connection to a target that refuses it is
 * closed: the proxy does not retry. The caller closes it.
 */
export async function openRoundRobinProxy(probeMs = 1_000): Promise<RoundRobinProxy> {
  let targets: Target[] = [];
  const sockets = new Set<Socket>();
  let turn = 0;
  const accept = (client: Socket) => {
    const ready = targets.filter(({ isReady }) => isReady);
    const target = ready[turn++ % ready.length];
    if (!target) return void client.resetAndDestroy();
    const { hostname, port } = new URL(target.url);
    const server = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.resetAndDestroy());
      one.on('close', () => sockets.delete(one));
      one.pipe(other);
    }
  };
  const probes = setInterval(() => {
    for (const target of targets) probe(target, probeMs);
  }, probeMs);
  const server = createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://${host}:${port}`,
    add: ({ url }) => {
      const target = { url, isReady: false };
      targets.push(target);
      probe(target, probeMs);
    },
    remove: ({ url }) => {
      targets = targets.filter((target) => target.url !== url);
    },
    readyCount: () => targets.filter(({ isReady }) => isReady).length,
    close: async () => {
      clearInterval(probes);
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function probe(target: Target, timeoutMs: number): Promise<void> {
  target.isReady = await fetch(`${target.url}/health/ready`, { signal: AbortSignal.timeout(timeoutMs) }).then(
    ({ status }) => status === 200,
    () => false,
  );
}
