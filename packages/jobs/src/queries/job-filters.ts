import { type JobStatus, jobs } from '@thumbnail-api/db';
import type { JobErrorCode } from '@thumbnail-api/errors';
import { and, eq, gte, lt, type SQL } from 'drizzle-orm';
import { isVisible, type VisibleOwner } from './visible-owner.ts';

/** Selects jobs that an owner sees. */
export interface JobFilters {
  owner: VisibleOwner;
  /** Selects, of these, the jobs of one owner. */
  ownedBy?: string | undefined;
  status?: JobStatus | undefined;
  /** Selects failed jobs only. */
  code?: JobErrorCode | undefined;
  /** The image of the jobs. */
  imageId?: string | undefined;
  /** Inclusive. */
  createdAfter?: Date | undefined;
  /** Exclusive. */
  createdBefore?: Date | undefined;
}

/** The condition that selects the jobs. A code implies its status, which is in the index. */
export const matchesFilters = (filters: JobFilters): SQL | undefined =>
  and(
    isVisible(jobs.owner, filters.owner),
    filters.ownedBy === undefined ? undefined : eq(jobs.owner, filters.ownedBy),
    filters.status && eq(jobs.status, filters.status),
    filters.code && and(eq(jobs.status, 'error'), eq(jobs.errorCode, filters.code)),
    filters.imageId === undefined ? undefined : eq(jobs.imageId, filters.imageId),
    filters.createdAfter && gte(jobs.createdAt, filters.createdAfter),
    filters.createdBefore && lt(jobs.createdAt, filters.createdBefore),
  );
