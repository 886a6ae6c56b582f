import { connect, type Socket } from 'node:net';
import type { Fault } from './fault.ts';

/**
 * One connection through a proxy. It forwards bytes in the order of arrival, as far as the current fault allows.
 *
 * States: `connecting` (to the server; bytes wait), `open`, `vanished` (nothing is forwarded again).
 */
export class Link {
  /** Resolves when both sides are closed. */
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #resolveClosed: () => void;
  /** Deliveries that wait, oldest first: a held delivery holds back all later ones. */
  readonly #waiting: (() => void)[] = [];
  #state: 'connecting' | 'open' | 'vanished' = 'connecting';
  #fault: Fault;
  #answeredBytes = 0;

  constructor(client: Socket, target: { host: string; port: number }, fault: Fault) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#client = client;
    this.#server = connect({ host: target.host, port: target.port });
    this.#fault = fault;
    this.#listen();
    if (fault.kind === 'reset') this.#reset();
  }

  /** Replaces the current fault. */
  setFault(fault: Fault): void {
    this.#fault = fault;
    if (fault.kind === 'vanish') this.#state = 'vanished';
    if (fault.kind === 'down' || fault.kind === 'reset') this.#reset();
    this.#flush();
  }

  #listen(): void {
    const [client, server] = [this.#client, this.#server];
    server.once('connect', () => {
      if (this.#state === 'connecting') this.#state = 'open';
      this.#flush();
    });
    client.on('data', (bytes) => this.#enqueue(() => this.#deliverRequest(Buffer.from(bytes))));
    server.on('data', (bytes) => this.#enqueue(() => this.#deliverAnswer(Buffer.from(bytes))));
    client.on('end', () => this.#enqueue(() => server.end()));
    server.on('end', () => this.#enqueue(() => client.end()));
    this.#closeWith(client, server);
    this.#closeWith(server, client);
  }

  /** Closes `other` when `socket` closes, unless the fault hides that from the other side. */
  #closeWith(socket: Socket, other: Socket): void {
    socket.on('error', () => {
      if (!this.#isSilent()) other.resetAndDestroy();
    });
    socket.on('close', () => {
      if (socket.destroyed && other.destroyed) this.#resolveClosed();
      else if (!this.#isSilent()) setTimeout(() => other.destroy(), 50);
    });
  }

  #isSilent(): boolean {
    return this.#state === 'vanished' || (this.#state === 'open' && this.#fault.kind === 'hang');
  }

  #enqueue(deliver: () => void): void {
    this.#waiting.push(deliver);
    this.#flush();
  }

  #flush(): void {
    while (this.#state !== 'connecting' && !this.#isSilent()) {
      const deliver = this.#waiting.shift();
      if (!deliver) break;
      if (this.#fault.kind === 'slow') setTimeout(deliver, this.#fault.delayMs);
      else deliver();
    }
  }

  #deliverRequest(bytes: Uint8Array): void {
    if (this.#fault.kind === 'answer') this.#client.end(this.#fault.bytes);
    else write(this.#server, this.#client, bytes);
  }

  #deliverAnswer(bytes: Uint8Array): void {
    const fault = this.#fault;
    this.#answeredBytes += bytes.length;
    const isCut = fault.kind === 'cut' && this.#answeredBytes > fault.afterBytes;
    if (fault.kind === 'reply lost' || isCut) this.#reset();
    else write(this.#client, this.#server, bytes);
  }

  #reset(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
    this.#resolveClosed();
  }
}

/** Writes to `to`, and pauses `from` while `to` is full. */
function write(to: Socket, from: Socket, bytes: Uint8Array): void {
  if (to.destroyed || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
