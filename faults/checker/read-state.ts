import { createHash } from 'node:crypto';
import type { OwnBucket } from '@thumbnail-api/testing/processes';
import type { Sql, TransactionSql } from 'postgres';

/** Every row, and every object of the bucket. */
export interface State {
  images: { id: string; filename: string; sha256: string }[];
  jobs: { id: string; imageId: string; status: string; errorCode: string | null }[];
  thumbnails: { jobId: string; key: string; sha256: string }[];
  /** In the order in which they happened. */
  transitions: { jobId: string; run: number; before: string; after: string }[];
  /** SHA-256 by key, with the quarantine. */
  objects: Map<string, string>;
}

const readConcurrency = 16;

/** Reads rows and objects directly from the servers, without proxies. */
export async function readState(sql: Sql | TransactionSql, bucket: OwnBucket): Promise<State> {
  const keys = (await bucket.keys()).filter((key) => /^(orphans\/)?(originals|thumbnails)\//.test(key));
  const objects = new Map<string, string>();
  const readNext = async () => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) {
      const hash = createHash('sha256').update(await bucket.get(key));
      objects.set(key, hash.digest('hex'));
    }
  };
  await Promise.all(Array.from({ length: readConcurrency }, readNext));
  return {
    images: [...(await sql<State['images']>`select id, filename, sha256 from images`)],
    jobs: [
      ...(await sql<State['jobs']>`select id, image_id as "imageId", status, error_code as "errorCode" from jobs`),
    ],
    thumbnails: [...(await sql<State['thumbnails']>`select job_id as "jobId", key, sha256 from thumbnails`)],
    transitions: [
      ...(await sql<State['transitions']>`
        select job_id as "jobId", run, before, after from fault_transitions order by id`),
    ],
    objects,
  };
}

/** Lists the keys of originals and thumbnails. */
export const listObjects = async (bucket: OwnBucket): Promise<string[]> =>
  (await bucket.keys()).filter((key) => /^(originals|thumbnails)\//.test(key));

/** Counts jobs, and originals and thumbnails. */
export async function countStored({ sql, bucket }: { sql: Sql; bucket: OwnBucket }) {
  const [row] = await sql<{ jobs: number }[]>`select count(*)::int as jobs from jobs`;
  return { jobs: row?.jobs ?? 0, objects: (await listObjects(bucket)).length };
}
