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
      select object.key
      from jsonb_to_recordset(${JSON.stringify(objects)}::jsonb) as object (key text, image_id uuid, job_id uuid)
        left join ${images} as image on image.id = object.image_id and image.deleted_at is null
        left join ${thumbnails} as thumbnail on thumbnail.job_id = object.job_id and thumbnail.key = object.key
        left join ${jobs} as job on job.id = thumbnail.job_id and job.deleted_at is null
      where image.id is not null or job.id is not null`),
  );
  return new Set(rows.map(({ key }) => String(key)));
}
