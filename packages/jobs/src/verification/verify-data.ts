import { quarantinePrefix } from '@thumbnail-api/storage';
import { findNamed } from '../cleanup/find-named.ts';
import { scanQuarantine } from '../cleanup/scan-quarantine.ts';
import type { JobsDeps } from '../deps.ts';
import { compareObjects, type Difference, listObjects } from './compare-objects.ts';
import { type AgeLimits, confirmDifferences, type Finding, readAgeLimits } from './confirm-differences.ts';
import { countRows, type ObjectKind, readRows, sampleRows } from './read-rows.ts';

/** What to verify. */
export interface Verification {
  /** Verifies this many originals and thumbnails at random; null verifies all. */
  sample: number | null;
  /** Moves back what a row names from the quarantine. */
  restore: boolean;
  /** Called now and then with the number of keys that were compared, and how many there are. */
  onProgress?: (done: number, total: number) => void;
}

/** The result of a verification. */
export interface VerificationReport {
  /** Keys of rows and objects that were compared. */
  compared: number;
  findings: Finding[];
  quarantined: number;
  /** Quarantined objects that a row names, and that were not moved back. */
  named: string[];
  restored: number;
}

type VerifyDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;
const kinds: readonly ObjectKind[] = ['originals', 'thumbnails'];
const chunkMax = 500;
const readsMax = 16;

/**
 * Compares the rows with the bucket in both directions while the service runs: objects that are missing or have another
 * size, objects without a row, and quarantined objects that a row names. It changes nothing unless `restore` is set.
 *
 * @throws AppError `unavailable`, `storage_unavailable`
 */
export async function verifyData(deps: VerifyDeps, verification: Verification): Promise<VerificationReport> {
  const { sample, restore, onProgress } = verification;
  const quarantine = restore ? await restoreNamed(deps) : await inspectQuarantine(deps);
  const limits = await readAgeLimits(deps);
  const total = sample === null ? await countRows(deps) : sample * kinds.length;
  const report: VerificationReport = { compared: 0, findings: [], ...quarantine };
  for (const kind of kinds) {
    const differences = sample === null ? compareAll(deps, kind) : compareSample(deps, kind, sample);
    const progress = () => onProgress?.(report.compared, total);
    await collectFindings(deps, differences, { limits, report, progress });
  }
  onProgress?.(report.compared, report.compared);
  return report;
}

interface Collection {
  limits: AgeLimits | null;
  report: VerificationReport;
  progress: () => void;
}

/** Adds the differences that are real to the report. */
async function collectFindings(
  deps: VerifyDeps,
  differences: AsyncIterable<Difference | null>,
  { limits, report, progress }: Collection,
): Promise<void> {
  const suspects: Difference[] = [];
  for await (const difference of differences) {
    report.compared += 1;
    if (difference) suspects.push(difference);
    if (report.compared % chunkMax === 0) progress();
    if (suspects.length >= chunkMax) await confirm(deps, suspects.splice(0), limits, report);
  }
  await confirm(deps, suspects, limits, report);
}

async function confirm(
  deps: VerifyDeps,
  suspects: Difference[],
  limits: AgeLimits | null,
  report: VerificationReport,
): Promise<void> {
  for (let start = 0; start < suspects.length; start += readsMax)
    report.findings.push(...(await confirmDifferences(deps, suspects.slice(start, start + readsMax), limits)));
}

const compareAll = (deps: VerifyDeps, kind: ObjectKind) =>
  compareObjects(readRows(deps, kind), listObjects(deps.store, `${kind}/`));

/** Compares rows at random with their objects, and the object after each with its row. */
async function* compareSample(deps: VerifyDeps, kind: ObjectKind, count: number): AsyncGenerator<Difference | null> {
  for (const row of await sampleRows(deps, kind, count)) {
    const found = await deps.store.head(row.key);
    if (!found) yield { kind: 'missing', row };
    else yield found.bytes === row.bytes ? null : { kind: 'size', row };
    const [next] = await deps.store.list(`${kind}/`, { after: row.key, limit: 1 });
    if (next) yield { kind: 'extra', object: next };
  }
}

async function restoreNamed(deps: VerifyDeps) {
  let after: string | null = '';
  let restored = 0;
  while (after !== null) {
    const page = await scanQuarantine(deps, { after, erasedBefore: null });
    restored += page.restored;
    after = page.last;
  }
  return { ...(await inspectQuarantine(deps)), restored };
}

async function inspectQuarantine(deps: VerifyDeps) {
  const named: string[] = [];
  let quarantined = 0;
  let keys: string[] = [];
  const inspect = async () => named.push(...(await findNamed(deps, keys)));
  for await (const { key } of listObjects(deps.store, quarantinePrefix)) {
    quarantined += 1;
    keys.push(key.slice(quarantinePrefix.length));
    if (keys.length < chunkMax) continue;
    await inspect();
    keys = [];
  }
  await inspect();
  return { quarantined, named, restored: 0 };
}
