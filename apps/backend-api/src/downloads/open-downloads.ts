/** A download on its way out. */
export interface OpenDownload {
  /** Since when its client takes nothing, on the clock of `performance.now()`; null while it is its client who waits. */
  stalledSince: number | null;
  /** Ends it in the middle. */
  cutOff: () => void;
}

/** The downloads that are open, so that those who take nothing do not use up the connections of the store. */
export interface OpenDownloads {
  /** Counts one in; the function it gives counts it out again, as often as it is called. */
  add(download: OpenDownload): () => void;
}

const patienceMs = 3_000;
const lookEveryMs = 500;

/** While more than `many` are open, each that takes nothing for three seconds is cut off. Below that nobody is hurried. */
export function createOpenDownloads(many: number): OpenDownloads {
  const open = new Set<OpenDownload>();
  let watch: ReturnType<typeof setInterval> | undefined;
  const cutOffStalled = () => {
    const before = performance.now() - patienceMs;
    for (const { stalledSince, cutOff } of open) if (stalledSince !== null && stalledSince < before) cutOff();
  };
  return {
    add(download) {
      open.add(download);
      if (open.size > many) watch ??= setInterval(cutOffStalled, lookEveryMs);
      return () => {
        open.delete(download);
        if (open.size > many) return;
        clearInterval(watch);
        watch = undefined;
      };
    },
  };
}
