import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import { type Batch, getBatch, hasEnded, type Thumbnail } from '@thumbnail-api/jobs';
import type { Logger } from '@thumbnail-api/telemetry';
import { makeZip, predictLength } from 'client-zip';
import { needs } from '../access/security-schemes.ts';
import { batchIdParameter } from '../batches/batch-schema.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import type { Paths } from '../http/paths.ts';
import { problems } from '../http/problem-responses.ts';
import { streamBody } from '../http/stream-body.ts';
import { namedThumbnail } from './named-thumbnail.ts';
import { openObject } from './open-object.ts';
import { thumbnailFilename } from './thumbnail-filename.ts';

const routeOf = (paths: Paths) =>
  createRoute({
    method: 'get',
    path: paths.batchZip,
    operationId: 'downloadBatch',
    ...needs('read'),
    tags: ['Batches'],
    summary: 'Download all thumbnails of a batch as a ZIP file',
    description:
      'Available once every job has ended. The ZIP file is empty if no job made a thumbnail. It does not compress the thumbnails again.',
    request: { params: batchIdParameter },
    responses: {
      200: {
        description: 'The ZIP file, streamed.',
        content: { 'application/zip': { schema: z.custom<Blob>().openapi({ type: 'string', format: 'binary' }) } },
      },
      ...problems('unauthorized', 'not_found', 'not_ready', 'invalid_parameter'),
    },
  });

/** `GET /batches/{id}/zip`. */
export function registerDownloadBatch(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(routeOf(deps.paths), async (context) => {
    const batch = await getBatch(deps, { ...context.req.valid('param'), owner: context.var.visibleOwner });
    if (!hasEnded(batch)) {
      throw new AppError('not_ready', 'The batch has not ended. Try again later.', { retryAfterSeconds: 1 });
    }
    const files = listFiles(batch);
    const headers = {
      'content-type': 'application/zip',
      'content-length': String(predictLength(files)),
      'content-disposition': `attachment; filename="thumbnails-${batch.id}.zip"`,
      'cache-control': 'no-store',
    };
    if (context.req.method === 'HEAD') return context.body(null, 200, headers);
    const client = { disconnected: context.req.raw.signal, log: context.var.log };
    const zip = makeZip(openFiles(deps, files, client));
    return context.newResponse(streamBody(context, zip, context.var.activeDownloads), { status: 200, headers });
  });
}

interface ZippedFile {
  name: string;
  thumbnail: Thumbnail;
  size: number;
  lastModified: Date;
}

/** Names start with the number of the job, because several images may have the same filename. */
function listFiles({ jobs }: Batch): ZippedFile[] {
  const digits = String(jobs.length).length;
  return jobs.flatMap((job, index) =>
    job.thumbnails.map((thumbnail) => ({
      name: `${String(index + 1).padStart(digits, '0')}-${thumbnail.name}-${thumbnailFilename(job, thumbnail)}`,
      thumbnail,
      size: thumbnail.bytes,
      lastModified: job.finishedAt ?? job.createdAt,
    })),
  );
}

/** Opens each file once the previous one has been read. Closes the current one if the client disconnects. */
async function* openFiles(
  deps: ApiDeps,
  files: ZippedFile[],
  { disconnected, log }: { disconnected: AbortSignal; log: Logger },
) {
  for (const { thumbnail, ...file } of files) {
    const reading = new AbortController();
    const signal = AbortSignal.any([reading.signal, disconnected]);
    const input = await openObject(deps, namedThumbnail(deps, thumbnail), { signal, log });
    try {
      yield { ...file, input };
    } finally {
      reading.abort();
    }
  }
}
