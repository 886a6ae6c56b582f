import { type ImageRow, images, jobs } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { describeUnsupportedType, type ImageType } from '@thumbnail-api/image-probe';
import type { Spec } from '@thumbnail-api/thumbnail-spec';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { assertMayAdd } from '../bounds/assert-may-add.ts';
import { type OwnerBounds, unbounded } from '../bounds/owner-bounds.ts';
import type { JobsDeps } from '../deps.ts';
import { getJob } from '../queries/get-job.ts';
import { type Job, type Owned, toJob } from '../queries/job.ts';
import { isVisible, type VisibleOwner } from '../queries/visible-owner.ts';
import { publishJob } from '../runs/publish-job.ts';
import { estimateCostMs } from '../turns/estimate-cost.ts';
import { takeTurn } from '../turns/take-turns.ts';
import { assertOutput } from './assert-output.ts';
import { assertSameRequest, bindKey, fingerprintOf, type ReservedKey } from './idempotency-key.ts';
import { resolveUnknownCommit } from './resolve-unknown-commit.ts';

/** A further job on a stored image. */
export interface AddedJob {
  /** Who adds it. The job belongs to the owner of its image. */
  owner: VisibleOwner;
  imageId: string;
  specs: Spec[];
  /** From `withIdempotencyKey`, if the client sent a key. */
  key?: ReservedKey | undefined;
  /** The trace of the request (W3C `traceparent`); the worker continues it. */
  trace?: string | undefined;
}

/** The limits of a further job. */
interface AddedJobLimits {
  /** The types of images that are still accepted. */
  types: readonly ImageType[];
  /** The most pixels over all thumbnails and frames of a job. */
  maxOutputPixels: number;
  /** Default: none. */
  bounds?: OwnerBounds | undefined;
}

/**
 * Adds a job to a stored image. When it returns, the job is committed and will end, as after an upload. If the key already has a
 * job, the same image and options give that job as it is now.
 *
 * @throws AppError `not_found` if there is no such image, it was deleted or it belongs to another owner,
 *   `unsupported_media_type`, `image_too_large`, `unavailable`, `idempotency_mismatch`, `rate_limited` if its owner has too many
 *   unfinished jobs
 */
export async function addJob(
  deps: Pick<JobsDeps, 'database' | 'publisher' | 'log'>,
  added: AddedJob,
  limits: AddedJobLimits,
): Promise<Job> {
  const { owner, key } = added;
  if (key?.first) {
    assertSameRequest(key.first, addedFingerprint(added));
    return getJob(deps, { id: key.first.jobId ?? '', owner });
  }
  const owned = { id: Bun.randomUUIDv7(), owner };
  const job = await resolveUnknownCommit(insertAddedJob(deps, owned, added, limits), {
    read: () => getJob(deps, owned),
  });
  await publishJob(deps, { id: job.id, run: 0 });
  return job;
}

const addedFingerprint = ({ imageId, specs }: AddedJob): string => fingerprintOf('job of image', imageId, specs);

/**
 * Takes the owner's next turn, then adds the job. Locks the image, as a deletion does: either the deletion sees the new job and
 * keeps the image, or no job is added.
 */
async function insertAddedJob(
  { database }: Pick<JobsDeps, 'database'>,
  { id, owner }: Owned,
  added: AddedJob,
  limits: AddedJobLimits,
): Promise<Job> {
  const { imageId, specs, key, trace } = added;
  const isMine = and(eq(images.id, imageId), isVisible(images.owner, owner), isNull(images.deletedAt));
  const turn = await database.run(async (executor) => {
    const image = assertFound(await executor.select().from(images).where(isMine));
    if (!limits.types.some((type) => type === image.type))
      throw new AppError('unsupported_media_type', describeUnsupportedType(limits.types));
    assertOutput(image, specs, limits);
    await assertMayAdd(executor, { owner: image.owner, count: 1 }, limits.bounds ?? unbounded);
    return takeTurn(executor, image.owner, estimateCostMs(image, specs));
  });
  return database.transaction(async (transaction) => {
    const image = assertFound(await transaction.select().from(images).where(isMine).for('update'));
    const [row] = await transaction
      .insert(jobs)
      .values({ id, owner: image.owner, imageId, specs, publishedAt: sql`now()`, trace, ...turn })
      .returning();
    if (!row) throw new Error('INSERT into jobs returned no row');
    if (key) await bindKey(transaction, key, { jobId: id, fingerprint: addedFingerprint(added) });
    return toJob(row, image, []);
  });
}

function assertFound([image]: ImageRow[]): ImageRow {
  if (!image) throw new AppError('not_found', 'There is no image with this id.');
  return image;
}
