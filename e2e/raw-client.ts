import { connect, type Socket } from 'node:net';

/** A TCP client that does not have to follow the rules of HTTP. */
export interface RawClient {
  socket: Socket;
  /** Everything received so far. */
  answer: () => string;
  /** Sends bytes under back-pressure; false when the server has closed the connection. */
  write: (bytes: string | Uint8Array) => Promise<boolean>;
  /** Sends `bytes` every `everyMs` until the connection closes. */
  drip: (bytes: string, everyMs: number) => void;
  /** Resolves at the first byte received, or when the connection closes. */
  answered: Promise<void>;
  closed: Promise<void>;
  /** Resolves when the answer contains `text`; throws when the connection closes first. */
  waitFor: (text: string) => Promise<void>;
  close: () => void;
}

/**
 * Connects to the service from 127.0.0.2, so that limits per address do not affect clients on 127.0.0.1. The caller closes
 * the connection.
 */
export function openRaw(url: string): RawClient {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.2', noDelay: true });
  const answered = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let answer = '';
  let timer: ReturnType<typeof setInterval> | undefined;
  socket.on('data', (bytes) => {
    answer += bytes;
    answered.resolve();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(timer);
    answered.resolve();
    closed.resolve();
  });
  return {
    socket,
    answer: () => answer,
    answered: answered.promise,
    closed: closed.promise,
    async write(bytes) {
      if (socket.destroyed) return false;
      if (!socket.write(bytes)) {
        const drained = Promise.withResolvers<void>();
        socket.once('drain', drained.resolve);
        await Promise.race([drained.promise, closed.promise]);
        socket.off('drain', drained.resolve);
      }
      return !socket.destroyed;
    },
    drip(bytes, everyMs) {
      timer = setInterval(() => socket.destroyed || socket.write(bytes), everyMs);
    },
    async waitFor(text) {
      while (!answer.includes(text)) {
        if (socket.destroyed) throw new Error(`closed before it sent ${text}: ${answer.slice(0, 200)}`);
        const changed = Promise.withResolvers<void>();
        socket.once('data', () => changed.resolve());
        await Promise.race([changed.promise, closed.promise]);
      }
    },
    close: () => {
      socket.destroy();
    },
  };
}

/** Reads the status and the problem code from an answer; the status is 0 when the connection closed without one. */
export function readAnswer(answer: string): { status: number; code: string | undefined } {
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0),
    code: /"code":"(\w+)"/.exec(answer)?.[1],
  };
}
