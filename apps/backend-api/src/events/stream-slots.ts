import { AppError } from '@thumbnail-api/errors';

const retryAfterSeconds = 5;

/** Limits how many event streams each subject (an owner, an address) may have open in this process. */
export class StreamSlots {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  /** 0 means unlimited. */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Opens a stream for all `subjects`, or for none.
   *
   * @returns a function that closes it; calling it again has no effect
   * @throws AppError `rate_limited` if one of them has too many
   */
  acquire(subjects: readonly string[]): () => void {
    if (this.#max > 0 && subjects.some((subject) => this.#count(subject) >= this.#max)) {
      throw new AppError('rate_limited', `At most ${this.#max} event streams may be open at a time. Close one first.`, {
        retryAfterSeconds,
      });
    }
    for (const subject of subjects) this.#open.set(subject, this.#count(subject) + 1);
    let isOpen = true;
    return () => {
      if (isOpen) for (const subject of subjects) this.#close(subject);
      isOpen = false;
    };
  }

  #count = (subject: string) => this.#open.get(subject) ?? 0;

  #close(subject: string): void {
    const left = this.#count(subject) - 1;
    if (left > 0) this.#open.set(subject, left);
    else this.#open.delete(subject);
  }
}
