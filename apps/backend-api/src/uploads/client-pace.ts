/** Time that the client must have been waited for before its pace is judged. */
const windowMs = 1_000;
const minBytesPerMs = 16;

/** Measures how fast a client sends. Only time spent waiting for the client counts, so a slow object store does not. */
export class ClientPace {
  #bytes = 0;
  #waitedMs = 0;
  /** When the current wait started; null while the client is not waited for. */
  #waitingSince: number | null = null;

  startWaiting(): void {
    this.#waitingSince = performance.now();
  }

  stopWaiting(receivedBytes: number): void {
    this.#addElapsed();
    this.#waitingSince = null;
    this.#bytes += receivedBytes;
  }

  /**
   * Returns true if the client was waited for at least one second since the last verdict and sent less than 16 bytes per
   * millisecond of it. A verdict starts a new window.
   */
  isStalled(): boolean {
    this.#addElapsed();
    if (this.#waitedMs < windowMs) return false;
    const isTooSlow = this.#bytes < this.#waitedMs * minBytesPerMs;
    this.#bytes = 0;
    this.#waitedMs = 0;
    return isTooSlow;
  }

  #addElapsed(): void {
    if (this.#waitingSince === null) return;
    const now = performance.now();
    this.#waitedMs += now - this.#waitingSince;
    this.#waitingSince = now;
  }
}
