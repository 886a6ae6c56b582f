import type { Sql } from 'postgres';

/** Rows to be made: the jobs number `from` to `to`, a second apart, the last of them now. Most belong to everybody. */
export interface Filling {
  from: number;
  to: number;
  /** Left out: of twenty one has failed, one in ten thousand waits, one in ten thousand is at work, the others have succeeded. */
  status?: 'uploaded';
}

const batchRows = 250_000;
const everybody = 'everybody';
/** Whom one job in twenty belongs to. */
export const fewOwner = 'few';
const specs = JSON.stringify([{ name: 'default', width: 200, height: 200, fit: 'cover', format: 'webp' }]);

/** Writes jobs, each with its image and, where it has succeeded, its thumbnail, straight into the tables; then ANALYZE. */
export async function fillTables(sql: Sql, { from, to, status }: Filling): Promise<void> {
  const connection = await sql.reserve();
  // The rows are as the constraints want them; asked for each of ten million, that would take most of the time.
  await connection`set session_replication_role = replica`;
  const dropped = await connection<{ name: string; definition: string }[]>`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'public' and tablename in ('jobs', 'images', 'thumbnails')
      and indexname not in (select conname from pg_constraint)`;
  for (const { name } of dropped) await connection.unsafe(`drop index "${name}"`);
  for (let first = from; first <= to; first += batchRows) {
    const last = Math.min(to, first + batchRows - 1);
    await connection.unsafe(`
      create temporary table fresh as
      select n, at, uuidv7(at - clock_timestamp()) as id,
        case when n % 20 = 3 then '${fewOwner}' else '${everybody}' end as owner,
        case when '${status ?? ''}' <> '' then '${status}' when n % 20 = 7 then 'error'
          when n % 10000 = 1 then 'uploaded' when n % 10000 = 2 then 'processing' else 'success' end as status
      from (select n, date_trunc('milliseconds', now()) - (${to} - n) * interval '1 second' as at
        from generate_series(${first}, ${last}) as n) as numbered;
      insert into images (id, owner, filename, type, width, height, bytes, sha256, created_at)
        select id, owner, 'picture.jpg', 'image/jpeg', 4032, 3024, 2800000, repeat('0', 64), at from fresh order by n;
      insert into jobs (id, owner, image_id, status, specs, run, error_code, error_message, lease_until, published_at, not_before,
          created_at, started_at, finished_at, timings)
        select id, owner, id, status, '${specs}', 0, case status when 'error' then 'image_corrupt' end,
          case status when 'error' then 'The image cannot be decoded.' end,
          case status when 'processing' then now() + interval '1 day' end, now(), at, at,
          case when status in ('success', 'error') then at end, case when status in ('success', 'error') then at end,
          case status when 'success' then '{"queuedMs":1,"fetchMs":1,"renderMs":1,"storeMs":1}'::jsonb end
        from fresh order by n;
      insert into thumbnails (job_id, position, name, key, type, width, height, bytes, sha256, thumb_hash, dominant_colour, spec)
        select id, 0, 'default', 'thumbnails/' || id || '/default-0000000000000000.webp', 'image/webp', 200, 200, 7000,
          repeat('0', 64), '3OcRJYB4d3h/iIeHeEh3eIhw+j2w', '#a08030', '${specs}'::jsonb -> 0
        from fresh where status = 'success' order by n;
      drop table fresh`);
  }
  for (const { definition } of dropped) await connection.unsafe(definition);
  await connection`set session_replication_role = default`;
  await connection.unsafe('vacuum analyze images, jobs, thumbnails');
  connection.release();
}
