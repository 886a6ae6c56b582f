import { waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { findJob } from './read-jobs.ts';
import { sendImage, type Upload } from './send-image.ts';
import type { Stack } from './start-stack.ts';

/** Uploads images to one API and remembers every upload, for the checker. */
export function trackUploads({ sql }: Stack, api: App) {
  const uploads: Upload[] = [];
  const send = async (options?: { isValid: boolean }) => {
    const upload = await sendImage(api, options);
    uploads.push(upload);
    return upload;
  };
  return {
    uploads,
    send,
    sendMany: (count: number) => Promise.all(Array.from({ length: count }, () => send())),
    /** Uploads images until one is accepted: connections may still have to recover from an earlier fault. */
    sendUntilAccepted: () =>
      waitUntil('an upload is accepted', async () => {
        const upload = await send();
        return upload.outcome === 'accepted' && upload;
      }),
    /** Waits until the job of an upload succeeds, and returns the job. */
    waitForSuccess: ({ id }: Upload, deadlineMs?: number) =>
      waitUntil(
        'the job succeeds',
        async () => {
          const job = await findJob(sql, id);
          return job?.status === 'success' && job;
        },
        deadlineMs,
      ),
  };
}
