import { z } from 'zod';
import type { Fault, Values } from '../load-config.ts';
import { httpUrl } from './variables.ts';

/** The variables that say where the bytes of a download come from. */
export const downloadVariables = {
  DOWNLOAD: z.enum(['proxy', 'redirect']).default('proxy').meta({
    description: '`proxy` sends the bytes of a download; `redirect` sends its client to the bucket by a presigned URL.',
  }),
  S3_PUBLIC_ENDPOINT: httpUrl().optional().meta({
    description: 'URL of the S3 server as clients reach it, for presigned URLs; left out, `S3_ENDPOINT`.',
    example: 'https://objects.example',
  }),
};

/** What a redirect needs. */
export function checkDownload(
  environment: Values<typeof downloadVariables> & { S3_BUCKET?: string | undefined },
  fault: Fault,
): void {
  if (environment.DOWNLOAD === 'redirect' && !environment.S3_BUCKET)
    fault('S3_BUCKET', 'is needed with DOWNLOAD=redirect');
}
