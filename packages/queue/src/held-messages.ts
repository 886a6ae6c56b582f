import { jobIdOf } from './render-job-message.ts';

const bitsMax = 2 ** 24;

/**
 * The jobs that have a message in the queue, as it was a moment ago, in 2 MB however many there are.
 *
 * This is a Bloom filter with one hash: of a million messages, it takes one job in sixteen for one that has a message. Each
 * filter has its own seed, so the next one tells them apart.
 */
export class HeldMessages {
  readonly #bits = new Uint8Array(bitsMax / 8);
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  readonly #startedAt = performance.now();

  /** Milliseconds since before the first message was read. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  add(messageId: string): void {
    const bit = this.#bitOf(jobIdOf(messageId));
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  /** Whether the queue holds a message for the job. False is certain. */
  hasJob(jobId: string): boolean {
    const bit = this.#bitOf(jobId);
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  #bitOf = (jobId: string) => Bun.hash.xxHash32(jobId, this.#seed) % bitsMax;
}
