import type postgres from 'postgres';

/** What an owner has at most, or far more than usual. */
export interface WorstRows {
  imageId: string;
  batchId: string;
  jobId: string;
}

/** Inserts an image with 1 000 jobs of ten thumbnails each, 200 of them in a batch, for one owner. */
export async function fillWorst(sql: postgres.Sql, owner: string): Promise<WorstRows> {
  const [row] = await sql<{ imageId: string; batchId: string }[]>`
    insert into images (id, owner, filename, type, width, height, bytes, sha256)
    values (uuidv7(), ${owner}, 'image.jpg', 'image/jpeg', 4032, 3024, 2800000, repeat('0', 64))
    returning id as "imageId", uuidv7() as "batchId"`;
  const { imageId, batchId } = row ?? { imageId: '', batchId: '' };
  await sql`insert into batches (id, owner, refused) values (${batchId}, ${owner}, '[]')`;
  await sql`
    insert into jobs (id, owner, image_id, batch_id, status, specs, run, published_at, not_before, created_at, started_at,
      finished_at, timings)
    select uuidv7(), ${owner}, ${imageId}, case when n <= 200 then ${batchId}::uuid end, 'success',
      (select jsonb_agg(${sql.json(spec)}::jsonb || jsonb_build_object('name', 't' || position)) from generate_series(0, 9) as position),
      1, now(), now(), now() - n * interval '1 s', now(), now(), '{"queuedMs":1,"fetchMs":1,"renderMs":1,"storeMs":1}'
    from generate_series(1, 1000) as n`;
  await sql`
    insert into thumbnails (job_id, position, name, key, type, width, height, bytes, sha256, thumb_hash, dominant_colour, spec)
    select id, position, 't' || position, 'thumbnails/' || id || '/t' || position, 'image/webp', 200, 200, 7000,
      repeat('0', 64), '3OcRJYB4d3h/iIeHeEh3eIhw+j2w', '#a08030', ${sql.json(spec)}::jsonb || jsonb_build_object('name', 't' || position)
    from jobs, generate_series(0, 9) as position where owner = ${owner}`;
  await sql`analyze`;
  const [job] = await sql<{ id: string }[]>`select id from jobs where owner = ${owner} limit 1`;
  return { imageId, batchId, jobId: job?.id ?? '' };
}

const spec = {
  width: 200,
  height: 200,
  fit: 'cover',
  position: 'centre',
  format: 'webp',
  quality: null,
  maxBytes: null,
  background: null,
  enlarge: true,
  animated: false,
};
