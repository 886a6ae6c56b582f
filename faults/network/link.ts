import { connect, type Socket } from 'node:net';
import type { Fault } from './fault.ts';

/** One connection through a proxy. */
export interface Link {
  ended: Promise<void>;
  /** Tells it that the fault is another one now. */
  heed(fault: Fault): void;
}

/** Carries bytes between a client and a server, as `fault` allows at each moment. */
export function openLink(client: Socket, target: { host: string; port: number }, fault: () => Fault): Link {
  const server = connect({ host: target.host, port: target.port });
  const ended = Promise.withResolvers<void>();
  const waiting: (() => void)[] = [];
  let answered = 0;
  let vanished = false;
  let connected = false;
  const cut = () => {
    client.resetAndDestroy();
    server.resetAndDestroy();
    ended.resolve();
  };
  const blocked = () => vanished || !connected || fault().kind === 'hang';
  const wake = () => {
    while (waiting.length > 0 && !blocked()) waiting.shift()?.();
  };
  /** In the order of arrival: what is held back holds back what comes behind it. */
  const pass = (act: () => void) => {
    waiting.push(() => {
      const now = fault();
      if (now.kind === 'slow') setTimeout(act, now.delayMs);
      else act();
    });
    wake();
  };
  const write = (to: Socket, from: Socket, bytes: Uint8Array) => {
    if (to.destroyed || to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  };

  server.once('connect', () => {
    connected = true;
    wake();
  });
  client.on('data', (bytes) =>
    pass(() => {
      const now = fault();
      if (now.kind === 'answer') client.end(now.bytes);
      else write(server, client, Buffer.from(bytes));
    }),
  );
  server.on('data', (bytes) =>
    pass(() => {
      const now = fault();
      answered += bytes.length;
      if (now.kind === 'reply lost' || (now.kind === 'cut' && answered > now.afterBytes)) cut();
      else write(client, server, Buffer.from(bytes));
    }),
  );
  client.on('end', () => pass(() => server.end()));
  server.on('end', () => pass(() => client.end()));
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => (blocked() && connected ? undefined : other.resetAndDestroy()));
    one.on('close', () => {
      if (client.destroyed && server.destroyed) ended.resolve();
      else if (!blocked() || !connected) setTimeout(() => other.destroy(), 50);
    });
  }
  if (fault().kind === 'reset') cut();
  return {
    ended: ended.promise,
    heed: ({ kind }) => {
      if (kind === 'vanish') vanished = true;
      if (kind === 'down' || kind === 'reset') cut();
      wake();
    },
  };
}
