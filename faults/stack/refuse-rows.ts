import type { Sql } from 'postgres';

/** Lets every insert into a table fail as on a server that has run out of something, such as `disk_full`. */
export async function refuseRows(sql: Sql, table: string, condition: string): Promise<void> {
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no room' using errcode = '${condition}'; end $$;
    create trigger refuse before insert on ${table} for each row execute function refuse()`);
}

/** Takes rows again. */
export async function takeRows(sql: Sql, table: string): Promise<void> {
  await sql.unsafe(`drop trigger refuse on ${table}; drop function refuse()`);
}
