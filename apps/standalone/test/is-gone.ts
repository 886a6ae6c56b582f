import { waitUntil } from '@thumbnail-api/testing';
import { findProcess } from '../src/find-process.ts';

/** Resolves with true when the process has exited. Throws if it has not within the deadline. */
export const isGone = (pid: number, deadlineMs = 60_000): Promise<boolean> =>
  waitUntil(`process ${pid} exits`, async () => findProcess(pid) === null, deadlineMs);
