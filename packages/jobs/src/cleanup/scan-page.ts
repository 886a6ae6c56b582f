import { type ObjectInfo, parseObjectKey } from '@thumbnail-api/storage';
import type { JobsDeps } from '../deps.ts';
import { marginSeconds } from '../installation/coverage-policy.ts';
import type { OwnedBucket } from '../installation/verify-bucket-ownership.ts';
import { deletionGraceSeconds } from '../runs/run-policy.ts';
import { type Candidate, findOrphans } from './find-orphans.ts';
import { type FoundOrphan, quarantineOrphans, toSeconds } from './quarantine-orphans.ts';

/** Which objects to scan, and which orphans to quarantine. */
export interface PageScan {
  prefix: (typeof objectPrefixes)[number];
  /** Scans the keys after this one; empty for the first page. */
  after: string;
  /** Whether to move orphans, or only to count them. */
  isDryRun: boolean;
  /** Also moves orphans that may belong to rows which the database lost. */
  includeUntrusted: boolean;
  signal?: AbortSignal | undefined;
}

/** The result of scanning one page. */
export interface PageReport {
  /** The last key of a full page; null if there are no more. */
  last: string | null;
  quarantined: number;
  /** Orphans that are still there. */
  remaining: number;
  /** Orphans, moved or not, that may belong to rows which the database lost. */
  untrusted: number;
}

type ScanDeps = Pick<JobsDeps, 'database' | 'store' | 'log'>;

/** The objects that rows name. */
export const objectPrefixes = ['originals/', 'thumbnails/'] as const;
const pageMax = 1_000;
/** An INSERT ends at most this long after the upload deadline, however short that is. */
const insertMs = 20_000;

/**
 * Scans the next thousand objects and quarantines orphans that are old enough and still orphans when checked again.
 *
 * Age is measured on the store's clock. The store is listed before the rows are read: an object without a row yet is young.
 */
export async function scanPage(deps: ScanDeps, bucket: OwnedBucket, scan: PageScan): Promise<PageReport> {
  const { signal, prefix, after } = scan;
  const listed = await deps.store.list(prefix, { limit: pageMax, ...(after && { after }), ...(signal && { signal }) });
  const old = new Map(listed.filter((object) => isOld(object, bucket)).map((object) => [object.key, object]));
  const candidates = new Map([...old.values()].map((object) => [object.key, toCandidate(object, bucket)]));
  const orphans = await findOrphans(deps, [...candidates.values()]);
  const found = orphans.flatMap((orphan): FoundOrphan[] => {
    const [listed, candidate] = [old.get(orphan.key), candidates.get(orphan.key)];
    return listed && candidate ? [{ orphan, listed, candidate }] : [];
  });
  const trusted = found.filter(({ orphan, listed }) => orphan.isCovered && isTrusted(listed, bucket));
  const chosen = scan.includeUntrusted ? found : trusted;
  const options = { mayBeUncovered: scan.includeUntrusted, signal };
  const quarantined = scan.isDryRun ? 0 : await quarantineOrphans(deps, chosen, options);
  return {
    last: listed.length === pageMax ? (listed.at(-1)?.key ?? null) : null,
    quarantined,
    remaining: found.length - quarantined,
    untrusted: found.length - trusted.length,
  };
}

/** The time in which the row of an object could be inserted. The date of a multipart upload on S3 is that of its start. */
export function toCandidate(
  { key, modifiedAt }: ObjectInfo,
  { uploadDeadlineMs }: Pick<OwnedBucket, 'uploadDeadlineMs'>,
): Candidate {
  const marginMs = marginSeconds * 1_000;
  return {
    key,
    from: new Date(modifiedAt.getTime() - marginMs),
    until: new Date(modifiedAt.getTime() + rowLateMs(key, uploadDeadlineMs) + marginMs),
  };
}

/** How long after the date of an object its row may be inserted. */
function rowLateMs(key: string, uploadDeadlineMs: number): number {
  const uploadMs = uploadDeadlineMs + insertMs;
  return parseObjectKey(key)?.kind === 'thumbnail' ? Math.max(uploadMs, deletionGraceSeconds * 1_000) : uploadMs;
}

/** From before the database was last restored, or before this bucket was used. */
const isTrusted = (object: ObjectInfo, { trustedSince }: OwnedBucket) =>
  toSeconds(object.modifiedAt) > toSeconds(trustedSince);

/** Older than twice the upload deadline; for thumbnails also than the grace time of a deletion. */
export const isOld = (
  { key, modifiedAt }: ObjectInfo,
  { storeNow, uploadDeadlineMs }: Pick<OwnedBucket, 'storeNow' | 'uploadDeadlineMs'>,
): boolean =>
  storeNow.getTime() - modifiedAt.getTime() > Math.max(2 * uploadDeadlineMs, rowLateMs(key, uploadDeadlineMs));
