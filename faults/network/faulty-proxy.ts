import { createServer, type Server, type Socket } from 'node:net';
import { type Fault, pass } from './fault.ts';
import { type Link, openLink } from './link.ts';

/** A TCP proxy between a client and one server, that can be told to misbehave. */
export interface FaultyProxy {
  host: string;
  port: number;
  /** From now on, for connections that stand and those to come; `pass` heals. */
  set(fault: Fault): Promise<void>;
  /** Connections that stand. */
  connections(): number;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Opens a proxy on a free port of the loopback interface; whoever opens it closes it. */
export async function openFaultyProxy(target: { host: string; port: number }): Promise<FaultyProxy> {
  let fault: Fault = pass;
  const links = new Set<Link>();
  const accept = (client: Socket) => {
    const link = openLink(client, target, () => fault);
    links.add(link);
    link.ended.then(() => links.delete(link));
  };
  let server = await listen(accept, 0);
  const { port } = server.address() as { port: number };
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    host,
    port,
    connections: () => links.size,
    async set(next) {
      const wasDown = fault.kind === 'down';
      const isDown = next.kind === 'down';
      fault = next;
      if (wasDown && !isDown) server = await listen(accept, port);
      for (const link of links) link.heed(next);
      if (isDown && !wasDown) await stopListening();
    },
    async close() {
      const stopped = fault.kind === 'down' ? Promise.resolve() : stopListening();
      for (const link of links) link.heed({ kind: 'reset' });
      await stopped;
    },
  };
}

function listen(accept: (client: Socket) => void, port: number): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  const server = createServer({ pauseOnConnect: false }, accept);
  server.once('error', reject);
  server.listen(port, host, () => resolve(server));
  return promise;
}
