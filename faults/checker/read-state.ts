import { createHash } from 'node:crypto';
import type { OwnBucket } from '@thumbnail-api/testing/processes';
import type { Sql, TransactionSql } from 'postgres';

/** All that is left when the dust has settled: the rows and a full listing of the bucket. */
export interface State {
  images: { id: string; filename: string; sha256: string }[];
  jobs: { id: string; imageId: string; status: string; errorCode: string | null }[];
  thumbnails: { jobId: string; key: string; sha256: string }[];
  /** In the order in which they happened. */
  transitions: { jobId: string; run: number; before: string; after: string }[];
  /** SHA-256 by key. */
  objects: Map<string, string>;
}

const readAtATime = 16;

/** Reads it all, past every proxy. */
export async function readState(sql: Sql | TransactionSql, bucket: OwnBucket): Promise<State> {
  const keys = (await bucket.keys()).filter((key) => /^(originals|thumbnails)\//.test(key));
  const objects = new Map<string, string>();
  const rest = [...keys];
  const read = async () => {
    for (let key = rest.pop(); key !== undefined; key = rest.pop()) {
      objects.set(
        key,
        createHash('sha256')
          .update(await bucket.get(key))
          .digest('hex'),
      );
    }
  };
  await Promise.all(Array.from({ length: readAtATime }, read));
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
