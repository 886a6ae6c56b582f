import { jobs } from '@thumbnail-api/db';
import { type SQL, sql } from 'drizzle-orm';

/** Selects the jobs that could run now. Without parameters, so that Postgres always sees that the partial indexes apply. */
export const isDue: SQL = sql`(${jobs.status} = 'uploaded' and ${jobs.deletedAt} is null and ${jobs.notBefore} <= now())`;
