import { jobs } from '@thumbnail-api/db';
import { and, eq, isNull, notInArray, sql } from 'drizzle-orm';
import { permanentCodes } from './run-policy.ts';

/**
 * The columns of a job that starts over. The run number continues, since it is the fence. A job that the sweep has postponed
 * while it removes orphans stays postponed.
 */
export const restarted = {
  status: 'uploaded' as const,
  tries: 0,
  crashes: 0,
  lostLeases: 0,
  missingSince: null,
  errorCode: null,
  errorMessage: null,
  startedAt: null,
  finishedAt: null,
  notBefore: sql`greatest(${jobs.notBefore}, now())`,
};

/** Selects jobs that a client may retry. A code that this version does not know reads as `internal_error`, which is retryable. */
export const isRestartable = () =>
  and(eq(jobs.status, 'error'), isNull(jobs.deletedAt), notInArray(jobs.errorCode, permanentCodes));
