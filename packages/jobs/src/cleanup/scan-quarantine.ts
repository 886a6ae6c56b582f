import { type ObjectInfo, quarantinePrefix } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';
import { findNamed } from './find-named.ts';

/** Which quarantined objects to scan, and which of them to erase. */
export interface QuarantineScan {
  /** Scans the keys after this one; empty for the first page. */
  after: string;
  /** Erases orphans that were quarantined before this time, by the store's clock; null erases none. */
  erasedBefore: Date | null;
  signal?: AbortSignal | undefined;
}

/** The result of scanning one page. */
export interface QuarantineReport {
  /** The last key of a full page; null if there are no more. */
  last: string | null;
  restored: number;
  erased: number;
}

type ScanDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

const pageMax = 1_000;
const chunkMax = 32;
const originalKeyOf = (key: string) => key.slice(quarantinePrefix.length);

/** Scans the next thousand objects of the quarantine: moves back what a row names, and erases what is old. */
export async function scanQuarantine(deps: ScanDeps, scan: QuarantineScan): Promise<QuarantineReport> {
  const { after, signal } = scan;
  const options = { limit: pageMax, ...(after && { after }), ...(signal && { signal }) };
  const listed = await deps.store.list(quarantinePrefix, options);
  const report = { last: listed.length === pageMax ? (listed.at(-1)?.key ?? null) : null, restored: 0, erased: 0 };
  for (let start = 0; start < listed.length && !signal?.aborted; start += chunkMax) {
    const chunk = listed.slice(start, start + chunkMax);
    const named = await findNamed(
      deps,
      chunk.map(({ key }) => originalKeyOf(key)),
    );
    const results = await Promise.all(chunk.map((object) => settle(deps, object, named, scan)));
    report.restored += results.filter((result) => result === 'restored').length;
    report.erased += results.filter((result) => result === 'erased').length;
  }
  return report;
}

async function settle(
  { store, log }: ScanDeps,
  { key, modifiedAt }: ObjectInfo,
  named: ReadonlySet<string>,
  { erasedBefore }: QuarantineScan,
): Promise<'restored' | 'erased' | 'kept'> {
  const originalKey = originalKeyOf(key);
  if (named.has(originalKey)) {
    await store.move(key, originalKey);
    log.warn({ key: originalKey }, 'quarantined object moved back, since a row names it');
    return 'restored';
  }
  if (!erasedBefore || modifiedAt >= erasedBefore) return 'kept';
  await store.delete(key);
  log.info({ key: originalKey }, 'orphan erased');
  return 'erased';
}
