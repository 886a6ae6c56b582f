import { createServer } from 'node:net';
import type { ListenAddress } from './read-standalone-config.ts';

/** An address that something will listen at, and the variable that names its port. */
export interface WantedPort extends ListenAddress {
  variable: string;
}

/** Tries each address in turn and says in one sentence which cannot be listened at; null when all can. */
export async function findPortInUse(addresses: WantedPort[]): Promise<string | null> {
  for (const { variable, host, port } of addresses) {
    const code = await tryToListen(host, port);
    if (code === 'EADDRINUSE')
      return `Port ${port} on ${host} is taken: stop what uses it, or choose another ${variable}.`;
    if (code === 'EACCES') return `Port ${port} needs more rights: choose a ${variable} above 1023.`;
    if (code) return `Port ${port} on ${host} cannot be listened at (${code}): choose another ${variable} or HOST.`;
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
