import type { Sql } from 'postgres';

/** The jobs to create: numbers `from` to `to`, one second apart, the last one now. Most belong to clients without a key. */
export interface FillOptions {
  from: number;
  to: number;
  /** Default: one job in 20 has failed, one in 10 000 waits, one in 10 000 is processing, and the others have succeeded. */
  status?: 'uploaded';
}

const batchRows = 250_000;
const everybody = 'everybody';
/** The owner of one job in 20. */
export const fewOwner = 'few';
const specs = JSON.stringify([{ name: 'default', width: 200, height: 200, fit: 'cover', format: 'webp' }]);

/** Inserts jobs with their images and thumbnails directly into the tables, and then analyzes the tables. */
export async function fillTables(sql: Sql, { from, to, status }: FillOptions): Promise<void> {
  const connection = await sql.reserve();
  // The rows satisfy all constraints. Checking them would take most of the time for ten million rows.
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
        select id, owner, 'image.jpg', 'image/jpeg', 4032, 3024, 2800000, repeat('0', 64), at from fresh order by n;
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
