import { coverage } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../src/index.ts';
import { prepareServerIdentity, signServer } from '../src/installation/server-identity.ts';

/** Records that the database was covered for a year and will be for another: for tests of the other rules. */
export async function cover({ database }: Pick<JobsDeps, 'database'>): Promise<void> {
  const identity = await prepareServerIdentity({ database });
  await database.run((executor) =>
    executor.execute(sql`
      insert into ${coverage} (id, started_at, ended_at, server)
      select ${Bun.randomUUIDv7()}::uuid, now() - interval '1 year', now() + interval '1 year', ${signServer(identity)}`),
  );
}
