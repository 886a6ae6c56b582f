import { anyOwner, getJob, type Thumbnail } from '@thumbnail-api/jobs';
import type { ApiDeps } from '../deps.ts';
import type { NamedObject } from './open-object.ts';

/** Describes the object of a thumbnail. Thumbnails are small, so they have no checksum beside their SHA-256. */
export const namedThumbnail = (
  deps: Pick<ApiDeps, 'database'>,
  { jobId, key, bytes, sha256 }: Thumbnail,
): NamedObject => ({
  key,
  kind: 'thumbnail',
  content: { bytes, sha256, checksum: null },
  readRow: () => getJob(deps, { id: jobId, owner: anyOwner }),
});
