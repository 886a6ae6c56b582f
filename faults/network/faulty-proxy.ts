import { createServer, type Server, type Socket } from 'node:net';
import { type Fault, pass } from './fault.ts';
import { Link } from './link.ts';

/** A TCP proxy between clients and one server that fails on demand. */
export interface FaultyProxy {
  host: string;
  port: number;
  /** Sets the fault for open and new connections; `pass` ends it. */
  set(fault: Fault): Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Opens a proxy on a free port of the loopback interface. The caller closes it. */
export async function openFaultyProxy(target: { host: string; port: number }): Promise<FaultyProxy> {
  let fault: Fault = pass;
  const links = new Set<Link>();
  const accept = (client: Socket) => {
    const link = new Link(client, target, fault);
    links.add(link);
    link.closed.then(() => links.delete(link));
  };
  let server = await listen(accept, 0);
  const { port } = server.address() as { port: number };
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    host,
    port,
    async set(next) {
      const wasDown = fault.kind === 'down';
      const isDown = next.kind === 'down';
      fault = next;
      if (wasDown && !isDown) server = await listen(accept, port);
      for (const link of links) link.setFault(next);
      if (isDown && !wasDown) await stopListening();
    },
    async close() {
      const stopped = fault.kind === 'down' ? Promise.resolve() : stopListening();
      for (const link of links) link.setFault({ kind: 'reset' });
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
