/** A download in progress. */
export interface ActiveDownload {
  /** Since when the client has read nothing, by `performance.now()`; null while the download waits for the object store. */
  readonly stalledSince: number | null;
  /** Ends the download with an error. */
  cutOff(): void;
}

const stallMaxMs = 3_000;
const checkEveryMs = 500;

/**
 * The downloads in progress. While there are more than `crowdedAbove`, it cuts off each one that has stalled for three
 * seconds, so that slow clients do not hold every connection to the object store.
 */
export class ActiveDownloads {
  readonly #downloads = new Set<ActiveDownload>();
  readonly #crowdedAbove: number;
  #checks: ReturnType<typeof setInterval> | undefined;

  constructor(crowdedAbove: number) {
    this.#crowdedAbove = crowdedAbove;
  }

  add(download: ActiveDownload): void {
    this.#downloads.add(download);
    if (this.#downloads.size > this.#crowdedAbove)
      this.#checks ??= setInterval(() => this.#cutOffStalled(), checkEveryMs);
  }

  /** Removes a download that has ended; removing it again has no effect. */
  remove(download: ActiveDownload): void {
    this.#downloads.delete(download);
    if (this.#downloads.size > this.#crowdedAbove) return;
    clearInterval(this.#checks);
    this.#checks = undefined;
  }

  #cutOffStalled(): void {
    const latest = performance.now() - stallMaxMs;
    for (const download of this.#downloads) {
      if (download.stalledSince !== null && download.stalledSince < latest) download.cutOff();
    }
  }
}
