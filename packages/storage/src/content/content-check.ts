import { ContentChecksum, ContentDigest } from './content-digest.ts';
import { type ObjectContent, storageDamaged } from './object-content.ts';

/** Compares the bytes of an object with what was recorded, chunk by chunk. */
export class ContentCheck {
  readonly #key: string;
  readonly #expected: ObjectContent;
  readonly #digest: ContentChecksum;

  constructor(key: string, expected: ObjectContent) {
    this.#key = key;
    this.#expected = expected;
    this.#digest = expected.checksum === null ? new ContentDigest() : new ContentChecksum();
  }

  /** The checksum of the bytes so far. */
  get checksum(): string {
    return this.#digest.checksum;
  }

  /**
   * Adds the next chunk. Compares the whole content when the chunk has the last byte.
   *
   * @throws AppError `storage_damaged`
   */
  update(chunk: Uint8Array): void {
    this.#digest.update(chunk);
    const { bytes } = this.#expected;
    if (this.#digest.bytes > bytes) throw this.#damaged(`more than ${bytes} bytes`);
    if (this.#digest.bytes === bytes) this.#compare();
  }

  /**
   * Asserts that no byte is missing.
   *
   * @throws AppError `storage_damaged`
   */
  end(): void {
    const { bytes } = this.#expected;
    if (this.#digest.bytes < bytes) throw this.#damaged(`${this.#digest.bytes} bytes instead of ${bytes}`);
  }

  #compare(): void {
    const { checksum, sha256 } = this.#expected;
    const recorded = checksum ?? sha256;
    const found = this.#digest instanceof ContentDigest ? this.#digest.sha256() : this.#digest.checksum;
    if (found !== recorded) throw this.#damaged(`the checksum ${found} instead of ${recorded}`);
  }

  #damaged(fault: string) {
    return storageDamaged(`${this.#key} has ${fault}`);
  }
}
