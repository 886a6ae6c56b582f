import { createServer, type Socket } from 'node:net';

/** A TCP server that speaks only what a test tells it to. */
export interface FaultyServer {
  endpoint: string;
  /** Connections that are open at this moment. */
  connections(): number;
  /** Connections that were ever made. */
  accepted(): number;
  close(): Promise<void>;
}

/** Starts it on a free loopback port; `answer` gets each connection with the first bytes that came over it. */
export async function startFaultyServer(answer: (socket: Socket, request: string) => void): Promise<FaultyServer> {
  const open = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => answer(socket, bytes.toString('latin1')));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    connections: () => open.size,
    accepted: () => accepted,
    close: () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of open) socket.destroy();
      return closed.promise;
    },
  };
}
