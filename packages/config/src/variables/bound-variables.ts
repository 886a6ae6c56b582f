import type { ReportIssue, Values } from '../load-config.ts';
import { wholeNumber } from './variables.ts';

/** What one owner may have at a time; 0 means unlimited. */
export interface Bounds {
  /** Jobs that have not ended. */
  unfinishedJobs: number;
  /** Bytes of originals. */
  storedBytes: number;
  /** Event streams in one API process; for each address too. */
  eventStreams: number;
}

/** The variables that set the bounds of an owner. */
export const boundVariables = {
  MAX_UNFINISHED_JOBS: wholeNumber(0, 100_000).optional().meta({
    description:
      'Maximum number of jobs of one owner that have not ended. Further ones are rejected with 429. 0 means unlimited. If unset, 10000 with `AUTH=api-key`, else 0.',
    example: '5000',
  }),
  MAX_STORED_BYTES: wholeNumber(0, 2 ** 50)
    .optional()
    .meta({
      description:
        'Maximum number of bytes of the originals of one owner. Further ones are rejected with 403 until images are deleted or expire. 0 means unlimited. If unset, 100 GiB with `AUTH=api-key`, else 0.',
      example: '10737418240',
    }),
  MAX_EVENT_STREAMS: wholeNumber(0, 100_000).default(1_000).meta({
    description:
      'Maximum number of event streams that one client address, or one owner, may have open in an API process. Further ones are rejected with 429. 0 means unlimited.',
  }),
};

type BoundValues = Values<typeof boundVariables> & { AUTH: 'none' | 'api-key' };

const defaultsWithoutKeys = { unfinishedJobs: 0, storedBytes: 0 };
const defaultsWithKeys = { unfinishedJobs: 10_000, storedBytes: 100 * 1024 ** 3 };

/** Builds {@link Bounds} from the variables. The defaults depend on `AUTH`. */
export function toBounds(environment: BoundValues): Bounds {
  const { unfinishedJobs, storedBytes } = environment.AUTH === 'api-key' ? defaultsWithKeys : defaultsWithoutKeys;
  return {
    unfinishedJobs: environment.MAX_UNFINISHED_JOBS ?? unfinishedJobs,
    storedBytes: environment.MAX_STORED_BYTES ?? storedBytes,
    eventStreams: environment.MAX_EVENT_STREAMS,
  };
}

/** Reports bounds that no batch or upload of the maximum size could ever meet. */
export function checkBounds(
  environment: BoundValues & { MAX_BATCH_FILES: number; MAX_BATCH_BYTES: number; MAX_UPLOAD_BYTES: number },
  report: ReportIssue,
): void {
  const { unfinishedJobs, storedBytes } = toBounds(environment);
  if (unfinishedJobs && unfinishedJobs < environment.MAX_BATCH_FILES)
    report('MAX_UNFINISHED_JOBS', `must be at least MAX_BATCH_FILES (${environment.MAX_BATCH_FILES}), or 0`);
  for (const name of ['MAX_UPLOAD_BYTES', 'MAX_BATCH_BYTES'] as const) {
    if (storedBytes && storedBytes < environment[name])
      report('MAX_STORED_BYTES', `must be at least ${name} (${environment[name]}), or 0`);
  }
}
