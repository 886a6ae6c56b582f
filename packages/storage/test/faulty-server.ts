import { createServer, type Socket } from 'node:net';

/** A TCP server that sends exactly what a test wants. */
export interface FaultyServer {
  endpoint: string;
  /** The number of open connections. */
  connections(): number;
  /** The number of connections accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

/**
 * Starts the server on a free loopback port. `answer` receives each connection with the bytes that arrived. The caller
 * closes it.
 */
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
