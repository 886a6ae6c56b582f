import type postgres from 'postgres';

/** Returns, in words, what a role can do on this database beyond reading and changing rows. */
export async function readExcess(client: postgres.Sql, user: string): Promise<string[]> {
  const [row] = await client`
    select rolsuper as "is a superuser", rolcreaterole as "creates roles", rolcreatedb as "creates databases",
      rolreplication as "replicates", rolbypassrls as "bypasses row security",
      has_database_privilege(oid, current_database(), 'create') as "creates schemas",
      has_database_privilege(oid, current_database(), 'temporary') as "creates temporary tables",
      has_schema_privilege(oid, 'public', 'create') as "creates tables",
      exists (select 1 from pg_class where relowner = pg_roles.oid) as "owns tables",
      exists (select 1 from pg_auth_members where member = pg_roles.oid) as "is a member of other roles"
    from pg_roles where rolname = ${user}`;
  return Object.entries(row ?? {}).flatMap(([words, isSo]) => (isSo ? [words] : []));
}
