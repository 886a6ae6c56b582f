import { images, jobs, thumbnails } from '@thumbnail-api/db';
import { parseObjectKey } from '@thumbnail-api/storage';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** Finds the keys that a row names; deleted rows name nothing. */
export async function findNamed({ database }: Pick<JobsDeps, 'database'>, keys: string[]): Promise<Set<string>> {
  const objects = keys.flatMap((key) => {
    const subject = parseObjectKey(key);
    if (!subject) return [];
    return [subject.kind === 'original' ? { key, image_id: subject.imageId } : { key, job_id: subject.jobId }];
  });
  if (objects.length === 0) return new Set();
  const rows = await database.run((executor) =>
    executor.execute(sql`
      select object.key from jsonb_to_recordset(${JSON.stringify(objects)}::jsonb) as object (key text, image_id uuid, job_id uuid)
      where exists (select from ${images} as image where image.id = object.image_id and image.deleted_at is null)
        or exists (
          select from ${thumbnails} as thumbnail join ${jobs} as job on job.id = thumbnail.job_id
          where thumbnail.job_id = object.job_id and thumbnail.key = object.key and job.deleted_at is null)`),
  );
  return new Set(rows.map(({ key }) => String(key)));
}
