import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, lte, sql } from 'drizzle-orm';

/** Selects the jobs that could run now. */
export const isDue = and(eq(jobs.status, 'uploaded'), isNull(jobs.deletedAt), lte(jobs.notBefore, sql`now()`));
