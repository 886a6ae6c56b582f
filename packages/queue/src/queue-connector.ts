import { OutageLog } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { type BackendQueue, openQueue, type QueueConnection } from './backend.ts';

type ConnectorState =
  | { name: 'disconnected' }
  | { name: 'connecting'; queue: BackendQueue; connected: Promise<BackendQueue> }
  | { name: 'connected'; queue: BackendQueue };

/**
 * Connects to the queue at the first call, and again at the next call after a failed attempt.
 *
 *     disconnected -> connecting -> connected, which reconnects by itself
 *          ^------------'
 */
export class QueueConnector {
  readonly #connection: QueueConnection;
  readonly #outage: OutageLog;
  #state: ConnectorState = { name: 'disconnected' };

  constructor(connection: QueueConnection, log: Logger) {
    this.#connection = connection;
    this.#outage = new OutageLog(log, {
      begin: 'queue unavailable, the sweep publishes missed messages',
      end: 'queue available again',
    });
  }

  /** Returns the connected queue. Callers that arrive while it connects wait for the same attempt. */
  connect(): Promise<BackendQueue> {
    switch (this.#state.name) {
      case 'connected':
        return Promise.resolve(this.#state.queue);
      case 'connecting':
        return this.#state.connected;
      case 'disconnected':
        return this.#startConnecting();
    }
  }

  /** Begins an outage in the log, if there is none. Call it after a command that failed. */
  failed(error: unknown): void {
    this.#outage.failed(error);
  }

  /** Ends the outage in the log, if there was one. Call it after a command that succeeded. */
  worked(): void {
    this.#outage.worked();
  }

  async close(): Promise<void> {
    if (this.#state.name === 'connected') await this.#state.queue.close();
    // Closing a queue waits until it is connected, so a connecting queue is disconnected instead.
    if (this.#state.name === 'connecting') this.#state.queue.disconnect().catch(() => undefined);
  }

  #startConnecting(): Promise<BackendQueue> {
    const queue = openQueue(this.#connection);
    queue.on('error', (error) => this.#outage.failed(error));
    const connected = this.#waitUntilConnected(queue);
    this.#state = { name: 'connecting', queue, connected };
    return connected;
  }

  async #waitUntilConnected(queue: BackendQueue): Promise<BackendQueue> {
    try {
      await queue.waitUntilReady();
      this.#state = { name: 'connected', queue };
      return queue;
    } catch (error) {
      this.#state = { name: 'disconnected' };
      queue.disconnect().catch(() => undefined);
      throw error;
    }
  }
}
