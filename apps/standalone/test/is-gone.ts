import { waitUntil } from '@thumbnail-api/testing';
import { findProcess } from '../src/process-facts.ts';

/** True once the process has ended; throws when it has not within the deadline. */
export const isGone = (pid: number, deadlineMs = 60_000): Promise<boolean> =>
  waitUntil(`process ${pid} ends`, async () => findProcess(pid) === null, deadlineMs);
