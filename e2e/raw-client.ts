import { connect, type Socket } from 'node:net';

/** A client that keeps to no rule but TCP's. */
export interface RawClient {
  socket: Socket;
  /** All that was answered until now. */
  answer: () => string;
  /** Sends, no faster than it is taken; false when the other side has closed. */
  write: (bytes: string | Uint8Array) => Promise<boolean>;
  /** Sends the same again every `everyMs` until the connection ends. */
  drip: (bytes: string, everyMs: number) => void;
  /** Resolves once something was answered, or the other side has closed. */
  answered: Promise<void>;
  closed: Promise<void>;
  /** Resolves once the answer has a text in it; throws when the other side closes before. */
  says: (text: string) => Promise<void>;
  close: () => void;
}

/** Connects to a service, from another address of this machine than everybody else; whoever opens it closes it. */
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
    async says(text) {
      while (!answer.includes(text)) {
        if (socket.destroyed) throw new Error(`closed before it said ${text}: ${answer.slice(0, 200)}`);
        await new Promise<void>((resolve) => {
          socket.once('data', () => resolve());
          socket.once('close', () => resolve());
        });
      }
    },
    close: () => {
      socket.destroy();
    },
  };
}

/** The status and the problem code of an answer; 0 where the connection was closed without one. */
export function readAnswer(answer: string): { status: number; code: string | undefined } {
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0),
    code: /"code":"(\w+)"/.exec(answer)?.[1],
  };
}
