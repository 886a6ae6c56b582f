import { createServer } from 'node:net';
import type { ListenAddress } from './read-standalone-config.ts';

/** An address to listen on, and the variable that sets its port. */
export interface WantedPort extends ListenAddress {
  variable: string;
}

/** Returns an error message for the first address that cannot be listened on, or null if all can. */
export async function findPortInUse(addresses: WantedPort[]): Promise<string | null> {
  for (const { variable, host, port } of addresses) {
    const code = await tryToListen(host, port);
    if (code === 'EADDRINUSE')
      return `Port ${port} on ${host} is in use. Stop the process that uses it, or set ${variable} to another port.`;
    if (code === 'EACCES') return `Port ${port} needs elevated privileges. Set ${variable} to a port above 1023.`;
    if (code) return `Cannot listen on port ${port} of ${host} (${code}). Change ${variable} or the host.`;
  }
  return null;
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const probe = createServer();
  probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
  probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  return promise;
}
