import type { Sql } from 'postgres';

/** Makes every insert into a table fail with a Postgres condition such as `disk_full`. */
export async function refuseInserts(sql: Sql, table: string, condition: string): Promise<void> {
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no space left' using errcode = '${condition}'; end $$;
    create trigger refuse before insert on ${table} for each row execute function refuse()`);
}

/** Ends {@link refuseInserts}. */
export async function acceptInserts(sql: Sql, table: string): Promise<void> {
  await sql.unsafe(`drop trigger refuse on ${table}; drop function refuse()`);
}
